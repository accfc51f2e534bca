"""The inputs side by side."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.merging.merge import Merge
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.masking import as_mask, spread


class Concatenate(Merge):
    """Joins a list of inputs along an axis.

    Args:
        axis: along which lengths may differ.
        **options: as for every `Layer`.

    Raises:
        ShapeError: if other lengths differ, or there is no such axis.

    >>> Concatenate()([Value([[1.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[1., 3., 4.]], dtype=float32)
    """

    elementwise = False
    examples: ClassVar = (
        example((4, 3), (4, 2)),
        example((2, 3, 2), (2, 1, 2), (2, 2, 2), axis=1),
    )

    def __init__(self, axis: int = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.axis = axis

    def merged(self, inputs: list[Any]) -> Value:
        """Return the inputs side by side."""
        joined: Any = np.concatenate(inputs, axis=self.axis)
        return joined

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """Return the shape with the lengths along the axis added up."""
        first, *others = (list(shape) for shape in input_shape)
        if not -len(first) <= self.axis < len(first):
            raise ShapeError(f"{self.name}: there is no axis {self.axis} in {input_shape[0]}.")
        axis = self.axis % len(first)
        total = first[axis]
        for shape in others:
            if len(shape) != len(first) or any(
                a != b and None not in (a, b)
                for place, (a, b) in enumerate(zip(first, shape, strict=True))
                if place != axis
            ):
                raise ShapeError(
                    f"{self.name}: a Concatenate layer requires inputs with matching shapes "
                    f"except for the concatenation axis, {self.axis}, and these are "
                    f"{', '.join(map(str, input_shape))}."
                )
            length = shape[axis]
            total = None if total is None or length is None else total + length
        first[axis] = total
        return tuple(first)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the masks side by side, with True for inputs that have none."""
        masks = self._masks(inputs, mask)
        if masks is None or all(item is None for item in masks):
            return None
        whole = [
            np.ones(value.shape, bool)
            if item is None
            else spread(item, value.shape)
            if np.ndim(item) < value.ndim
            else as_mask(item)
            for item, value in zip(masks, inputs, strict=True)
        ]
        return np.concatenate(whole, axis=self.axis).any(axis=-1)


def concatenate(inputs: Any, axis: int = -1, **options: Any) -> Any:
    """Return a list of inputs joined along an axis: `Concatenate` made and called."""
    return Concatenate(axis, **options)(inputs)
