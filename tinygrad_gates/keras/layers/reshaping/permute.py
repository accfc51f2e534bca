"""Axes in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class Permute(Layer):
    """Puts the axes of a sample in another order.

    Args:
        dims: the axes in the new order, counted from 1.
        **options: as for every `Layer`.

    Raises:
        ValueError: if dims is no permutation of 1, 2 and so on.

    >>> Permute((2, 1))(np.zeros((1, 2, 3))).shape
    (1, 3, 2)
    """

    examples: ClassVar = (example((2, 3, 4), dims=(2, 1)), example((2, 3, 4, 2), dims=(3, 1, 2)))

    def __init__(self, dims: Sequence[int], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"Permute: Invalid permutation dims={dims!r}: it has to hold the axes 1 to "
                f"{len(self.dims)}, each once."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Any) -> Any:
        """Return the samples with their axes in the new order."""
        return np.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the lengths in the new order."""
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))
