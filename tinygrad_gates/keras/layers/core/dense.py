"""The fully connected layer."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import activations, constraints, initializers, regularizers
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import positive, refuse
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import CommonOptions


class Dense(Layer):
    """activation(x @ kernel + bias), over the last axis of x.

    Args:
        units: how many outputs.
        activation: a name or a function; None leaves the sum as it is.
        use_bias: whether there is a bias.
        kernel_initializer: fills the kernel, of shape (inputs, units).
        bias_initializer: fills the bias, of shape (units,).
        kernel_regularizer: a penalty of the kernel.
        bias_regularizer: a penalty of the bias.
        activity_regularizer: a penalty of the output.
        kernel_constraint: what the kernel is brought back to after each step.
        bias_constraint: what the bias is brought back to.
        lora_rank: refused, as are the two that follow.
        lora_alpha: see there.
        quantization_config: see there.
        **options: as for every `Layer`.

    Raises:
        ValueError: if units is not a positive integer, or a name is unknown.

    >>> layer = Dense(2, kernel_initializer="ones")
    >>> layer([[1.0, 2.0]])
    Value(data=[[3., 3.]], grad=0.0)
    """

    supports_masking = True
    unsaved = (*Layer.unsaved, "lora_rank", "lora_alpha", "quantization_config")
    examples: ClassVar = (
        example((4, 2), units=3),
        example((2, 3, 2), units=2, activation="tanh", use_bias=False),
        example(
            (4, 2), units=3, kernel_regularizer="l2", bias_regularizer="l1",
            activity_regularizer="l2", kernel_constraint="max_norm", bias_constraint="non_neg",
            bias_initializer="ones", kernel_initializer="he_normal",
        ),
    )  # fmt: skip

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        quantization_config: Any = None,
        **options: Unpack[CommonOptions],
    ) -> None:
        refuse("Dense", lora_rank=lora_rank, lora_alpha=lora_alpha,
               quantization_config=quantization_config)  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.units = positive("Dense", "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
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
        self.kernel = self.add_weight(
            (inputs, self.units),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def call(self, inputs: Value) -> Any:
        """Return the output, of shape (..., units)."""
        output = inputs @ self.kernel
        if self.bias is not None:
            output = output + self.bias
        return output if self.activation is None else self.activation(output)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape with `units` as the last length."""
        return (*input_shape[:-1], self.units)
