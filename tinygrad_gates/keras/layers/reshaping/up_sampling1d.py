"""Sequences with each step several times."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import positive
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class UpSampling1D(Layer):
    """Repeats each step of a sequence.

    Args:
        size: how often.
        **options: as for every `Layer`.

    Raises:
        TypeError: if size is no integer.
        ValueError: if it is not positive.

    >>> UpSampling1D(2)([[[1.0], [2.0]]]).numpy().ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    examples: ClassVar = (example((2, 3, 2)), example((2, 3, 2), size=3))

    def __init__(self, size: int = 2, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if type(size) is not int:
            raise TypeError(f"UpSampling1D: size={size!r} has to be an integer.")
        self.size = positive("UpSampling1D", "size", size)
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Any:
        """Return the longer sequences."""
        return np.repeat(inputs, self.size, axis=1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the longer shape."""
        samples, steps, features = input_shape
        return samples, None if steps is None else self.size * steps, features
