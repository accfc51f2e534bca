"""Softmax as a layer, with masks."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions

_FAR_BELOW = -1e9


class Softmax(Elementwise):
    """Applies `activations.softmax`.

    Args:
        axis: along which the outputs sum to 1; or several.
        **options: as for every `Layer`.

    >>> Softmax()([[0.0, 0.0]])
    Value(data=[[0.5, 0.5]])
    """

    examples: ClassVar = (example((4, 3)), example((4, 3, 2), axis=1))

    def __init__(self, axis: int | list[int] = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the shares; where a mask (of the input's shape) is False, none."""
        if mask is not None:
            inputs = np.where(mask, inputs, inputs + _FAR_BELOW)
        axis: Any = tuple(self.axis) if isinstance(self.axis, list) else self.axis
        return activations.softmax(inputs, axis=axis)
