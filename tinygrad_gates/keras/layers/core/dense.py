"""The fully connected layer."""

from __future__ import annotations

import operator
from typing import Any, Unpack

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import activations, initializers
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer, LayerOptions


class Dense(Layer):
    """activation(x @ kernel + bias), over the last axis of x.

    Args:
        units: how many outputs.
        activation: a name or a function; None leaves the sum as it is.
        use_bias: whether there is a bias.
        kernel_initializer: fills the kernel, of shape (inputs, units).
        bias_initializer: fills the bias, of shape (units,).
        **options: as for every `Layer`.

    Raises:
        ValueError: if units is not a positive integer, or a name is unknown.

    >>> layer = Dense(2, kernel_initializer="ones")
    >>> layer([[1.0, 2.0]])
    Value(data=[[3., 3.]], grad=0.0)
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.units = _positive(units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Shape) -> None:
        """Make the kernel and the bias for inputs whose last axis has a known length."""
        InputSpec(min_ndim=2).check(input_shape, self.name)
        inputs = input_shape[-1]
        if not inputs:
            raise ShapeError(
                f"{self.name}: the last axis of the input needs a length from 1 up, and the "
                f"input shape is {input_shape}."
            )
        self.kernel = self.add_weight((inputs, self.units), self.kernel_initializer, name="kernel")
        self.bias = (
            self.add_weight((self.units,), self.bias_initializer, name="bias")
            if self.use_bias
            else None
        )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def call(self, inputs: Value) -> Any:
        """Return the output, of shape (..., units)."""
        output = inputs @ self.kernel
        if self.bias is not None:
            output = output + self.bias
        return self.activation(output)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape with `units` as the last length."""
        return (*input_shape[:-1], self.units)


def _positive(units: Any) -> int:
    try:
        number = 0 if isinstance(units, bool) else operator.index(units)
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(f"Dense: units={units!r} has to be an integer from 1 up.")
    return number
