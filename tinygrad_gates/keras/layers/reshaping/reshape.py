"""Other axes for the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class Reshape(Layer):
    """Gives each sample another shape.

    Args:
        target_shape: of a sample; one length may be -1, for what is left.
        **options: as for every `Layer`.

    Raises:
        ValueError: for what is no shape.
        ShapeError: if a sample has not as many numbers.

    >>> Reshape((2, -1))([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 2, 2)
    """

    examples: ClassVar = (
        example((2, 6), target_shape=(3, 2)),
        example((2, 3, 4), target_shape=(-1, 2)),
        example((2, 3), target_shape=(3, 1)),
    )

    def __init__(self, target_shape: Sequence[int], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        try:
            self.target_shape = tuple(map(int, target_shape))
        except (TypeError, ValueError):
            raise ValueError(
                f"Reshape: target_shape={target_shape!r} has to be a tuple, such as (2, 3)."
            ) from None
        if min(self.target_shape, default=1) < -1 or self.target_shape.count(-1) > 1:
            raise ValueError(f"Reshape: target_shape={target_shape!r} has at most one -1.")

    def call(self, inputs: Any) -> Any:
        """Return the samples in the other shape."""
        shape = self.compute_output_shape(inputs.shape)
        return inputs.reshape((inputs.shape[0], *shape[1:]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of samples and the target, with -1 worked out if it can be."""
        known = [length for length in input_shape[1:] if length is not None]
        whole = len(known) == len(input_shape) - 1
        fixed = math.prod(length for length in self.target_shape if length != -1)
        total = math.prod(known)
        if whole and (total % fixed if -1 in self.target_shape and fixed else total != fixed):
            raise ShapeError(
                f"{self.name}: a sample of shape {input_shape[1:]} has {total} numbers, which do "
                f"not fill {self.target_shape}."
            )
        rest = total // fixed if whole and fixed else None
        return (
            input_shape[0],
            *(rest if length == -1 else length for length in self.target_shape),
        )
