"""A vector, again and again."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import positive
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class RepeatVector(Layer):
    """Makes a sequence of n equal steps of a vector.

    Args:
        n: the number of steps.
        **options: as for every `Layer`.

    Raises:
        TypeError: if n is no integer.
        ValueError: if it is not positive.

    >>> RepeatVector(3)([[1.0, 2.0]]).shape
    (1, 3, 2)
    """

    examples: ClassVar = (example((4, 2), n=3),)

    def __init__(self, n: int, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if type(n) is not int:
            raise TypeError(f"RepeatVector: n={n!r} has to be an integer.")
        self.n = positive("RepeatVector", "n", n)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Any) -> Any:
        """Return the sequences, of shape (samples, n, features)."""
        return np.repeat(np.expand_dims(inputs, 1), self.n, axis=1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the sequences."""
        return (input_shape[0], self.n, input_shape[1])
