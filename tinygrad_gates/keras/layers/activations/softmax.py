"""Softmax as a layer, with masks."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import activations
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.tensors import as_array

_FAR_BELOW = -1e9
_HALF = 0.5


class Softmax(Elementwise):
    """Applies `activations.softmax`.

    Args:
        axis: along which the outputs sum to 1; or several.
        **options: as for every `Layer`.

    Raises:
        ShapeError: on a call, for a mask that does not broadcast to the input.

    >>> Softmax()([[0.0, 0.0]])
    Value(data=[[0.5, 0.5]])
    """

    examples: ClassVar = (example((4, 3)), example((4, 3, 2), axis=1))

    def __init__(self, axis: int | list[int] = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the shares; where a mask, which broadcasts to the input, is False, none."""
        axis: Any = tuple(self.axis) if isinstance(self.axis, list) else self.axis
        if mask is None:
            return activations.softmax(inputs, axis=axis)
        counts = self._counts(as_array(mask, f"{self.name}: the mask"), inputs.shape)
        shares = activations.softmax(np.where(counts, inputs, _FAR_BELOW), axis=axis)
        return np.where(counts, shares, 0)

    def _counts(self, mask: np.ndarray[Any, Any], shape: tuple[int, ...]) -> Any:
        """Return a mask as booleans; numbers count from a half up."""
        pairs = zip(reversed(mask.shape), reversed(shape), strict=False)
        if mask.ndim > len(shape) or any(own not in (1, length) for own, length in pairs):
            raise ShapeError(
                f"{self.name}: the mask must be broadcastable to the input, and their shapes are "
                f"{mask.shape} and {shape}."
            )
        return mask if mask.dtype == bool else mask > _HALF
