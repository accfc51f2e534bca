"""What merging layers share."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer


class Merge(Layer):
    """Makes one output of several inputs, element by element.

    Shapes have to be equal, or to broadcast. A sample counts if it counts in all inputs.
    """

    supports_masking = True
    least: ClassVar[int] = 2
    """How many inputs are needed."""

    def call(self, inputs: Any) -> Any:
        """Return the merged inputs."""
        self._check_inputs([value.shape for value in inputs])
        return self.merged(list(inputs))

    def merged(self, inputs: list[Any]) -> Value:
        """Return the merged inputs, of which there are enough."""
        raise NotImplementedError

    def build(self, input_shape: Any) -> None:
        """Check the shapes; there is nothing to make."""
        self._check_inputs(input_shape)
        self.compute_output_shape(input_shape)

    def _check_inputs(self, shapes: Any) -> None:
        if not isinstance(shapes, list) or len(shapes) < self.least:
            raise ValueError(
                f"{self.name}: {type(self).__name__} has to be called on a list of at least "
                f"{self.least} inputs."
            )

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """Return the shape to which all inputs broadcast.

        Raises `ShapeError` if they do not.
        """
        try:
            return reduce(_broadcast, input_shape)
        except ValueError:
            raise ShapeError(
                f"{self.name}: inputs of shapes {', '.join(map(str, input_shape))} cannot be "
                f"merged element by element."
            ) from None

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where all inputs that have a mask count."""
        masks = [item for item in mask or () if item is not None]
        return np.logical_and.reduce(masks) if masks else None


def _broadcast(one: Shape, other: Shape) -> Shape:
    length = max(len(one), len(other))
    padded = ((1,) * (length - len(shape)) + tuple(shape) for shape in (one, other))
    return tuple(_length(a, b) for a, b in zip(*padded, strict=True))


def _length(a: int | None, b: int | None) -> int | None:
    if a == b or b == 1:
        return a
    if a == 1:
        return b
    if None in (a, b):
        return a if b is None else b
    raise ValueError


PAIR = (example((4, 3), (4, 3)), example((2, 3, 2), (2, 1, 2)))
TRIPLE = (*PAIR, example((4, 3), (4, 3), (4, 3)))
