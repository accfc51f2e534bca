"""The inner product of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.merging.merge import Merge
from tinygrad_gates.keras.layers.options import LayerOptions

_LEAST_SQUARE = 1e-12


class Dot(Merge):
    """Sums the products of two inputs along an axis of each, sample by sample.

    Args:
        axes: the axis, or one for each input.
        normalize: whether vectors are divided by their lengths first: cosines.
        **options: as for every `Layer`.

    Raises:
        TypeError: for axes that are neither an integer nor a list.
        ValueError: for another number of axes, or axis 0, that of the samples.
        ShapeError: if the lengths along the axes differ.

    >>> Dot(1)([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[11.]], dtype=float32)
    """

    exactly = 2
    elementwise = False
    examples: ClassVar = (
        example((4, 3), (4, 3), axes=1),
        example((2, 3, 4), (2, 4, 5), axes=(2, 1)),
        example((4, 3), (4, 3), axes=-1, normalize=True),
    )

    def __init__(
        self, axes: int | Sequence[int], normalize: bool = False, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        if not isinstance(axes, (int, list, tuple)):
            raise TypeError(f"Dot: axes={axes!r} has to be an integer, or two.")
        pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
        if len(pair) != 2 or not all(type(axis) is int for axis in pair):
            raise ValueError(f"Dot: axes={axes!r} has to be an integer, or two.")
        if 0 in pair:
            raise ValueError(f"Dot: axes={axes!r}: axis 0 holds the samples, and stays.")
        self.axes = axes if isinstance(axes, int) else pair
        self.normalize = normalize

    def _both(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        axes = (self.axes,) * 2 if isinstance(self.axes, int) else self.axes
        for axis, shape in zip(axes, shapes, strict=True):
            if not -len(shape) < axis < len(shape):
                raise ShapeError(f"{self.name}: axis {axis} is none of a sample's of {shape}.")
        first, second = (axis % len(shape) for axis, shape in zip(axes, shapes, strict=True))
        return first, second

    def merged(self, inputs: list[Any]) -> Value:
        """Return the sums of products."""
        first, second = self._both([value.shape for value in inputs])
        a, b = inputs
        if self.normalize:
            a, b = _unit(a, first), _unit(b, second)
        a = np.moveaxis(a, first, -1)
        b = np.moveaxis(b, second, 1)
        rest = (*a.shape[1:-1], *b.shape[2:])
        product = a.reshape(a.shape[0], -1, a.shape[-1]) @ b.reshape(*b.shape[:2], -1)
        merged: Value = product.reshape(a.shape[0], *(rest or (1,)))
        return merged

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """Return the number of samples and the axes that are not summed over."""
        first, second = self._both(input_shape)
        one, other = list(input_shape[0]), list(input_shape[1])
        lengths = one.pop(first), other.pop(second)
        if lengths[0] != lengths[1] and None not in lengths:
            raise ShapeError(
                f"{self.name}: axes of lengths {lengths[0]} and {lengths[1]} have no inner "
                f"product. (Shapes: {input_shape[0]} and {input_shape[1]}.)"
            )
        rest = (*one[1:], *other[1:])
        return (one[0], *(rest or (1,)))

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Return no mask: steps are summed over."""


def _unit(x: Any, axis: int) -> Any:
    squares = np.sum(np.square(x), axis=axis, keepdims=True)
    return x / np.sqrt(np.maximum(squares, _LEAST_SQUARE))


def dot(inputs: Any, axes: int | Sequence[int] = -1, **options: Any) -> Any:
    """Return the inner product of two inputs: `Dot` made and called."""
    return Dot(axes, **options)(inputs)
