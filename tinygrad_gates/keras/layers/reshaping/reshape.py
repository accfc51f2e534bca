"""Other axes for the same numbers."""

from __future__ import annotations

import math
import operator
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
        target_shape: of a sample; one length may be -1, for what is left. None means the same,
            and is not worked out before there are data.
        **options: as for every `Layer`.

    Raises:
        ValueError: for what is no shape.
        ShapeError: if a sample has not as many numbers.

    >>> Reshape((2, -1))([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 2, 2)
    """

    stateless = True
    examples: ClassVar = (
        example((2, 6), target_shape=(3, 2)),
        example((2, 3, 4), target_shape=(-1, 2)),
        example((2, 3), target_shape=(3, 1)),
    )

    def __init__(self, target_shape: Sequence[int | None], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        try:
            lengths = tuple(None if n is None else operator.index(n) for n in target_shape)
        except TypeError:
            raise ValueError(
                f"Reshape: target_shape={target_shape!r} has to be a tuple, such as (2, 3)."
            ) from None
        if any(n is not None and n < -1 for n in lengths) or lengths.count(-1) > 1:
            raise ValueError(
                f"Reshape: each length has to be a non-negative integer, or -1 for a single one "
                f"that is worked out; target_shape={lengths}."
            )
        self.target_shape = lengths

    def call(self, inputs: Any) -> Any:
        """Return the samples in the other shape."""
        shape = self.compute_output_shape(inputs.shape)
        return inputs.reshape((inputs.shape[0], *(-1 if n is None else n for n in shape[1:])))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of samples and the target, with -1 worked out if it can be."""
        sample, target = input_shape[1:], self.target_shape
        if None in sample or None in target:
            return (input_shape[0], *(None if n == -1 else n for n in target))
        total = math.prod(n for n in sample if n is not None)
        fixed = math.prod(n for n in target if n is not None and n != -1)
        fits = total == fixed if -1 not in target else fixed and total % fixed == 0
        if not fits:
            raise ShapeError(
                f"{self.name}: a sample of shape {sample} has {total} numbers, which do not fill "
                f"{target}."
            )
        return (input_shape[0], *(total // fixed if n == -1 else n for n in target))
