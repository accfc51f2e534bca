"""Bringing vectors to length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.normalization.moments import check_axes, given_axis
from tinygrad_gates.keras.layers.options import LayerOptions

_LEAST_SQUARE = 1e-24


class UnitNormalization(Elementwise):
    """Divides each sample by its length, the root of the sum of squares.

    Args:
        axis: the axis, or axes, over which squares are summed.
        **options: as for every `Layer`.

    Raises:
        TypeError: for an axis that is no integer.
        ShapeError: on a call, for an axis that is missing.

    >>> UnitNormalization()([[3.0, 4.0]]).numpy().round(1)
    array([[0.6, 0.8]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((4, 3)),
        example((2, 3, 4), axis=[1, 2]),
    )

    def __init__(self, axis: int | Sequence[int] = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.axis = given_axis("UnitNormalization", axis)

    def call(self, inputs: Any) -> Any:
        """Return the samples, divided by their lengths."""
        axes = tuple(self.axis) if isinstance(self.axis, list) else (self.axis,)
        check_axes(self.name, inputs.shape, axes)
        squares = np.sum(np.square(inputs), axis=axes, keepdims=True)
        return inputs / np.sqrt(np.maximum(squares, _LEAST_SQUARE))
