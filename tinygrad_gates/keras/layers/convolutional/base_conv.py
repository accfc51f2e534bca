"""What convolutions of sequences and of images share."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import activations, constraints, initializers, regularizers
from tinygrad_gates.keras.layers.arguments import channels_last, one_of, positive, several
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import CommonOptions
from tinygrad_gates.keras.layers.sliding import slid_lengths
from tinygrad_gates.ops.convolution import Padding, convolution


class BaseConv(Layer):
    """A convolution along as many axes as `rank` says; arguments as in `Conv2D`."""

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Padding = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Unpack[CommonOptions],
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **options)
        kind = type(self).__name__
        self.filters = positive(kind, "filters", filters)
        self.kernel_size = several(kind, "kernel_size", kernel_size, self.rank)
        self.strides = several(kind, "strides", strides, self.rank)
        self.padding: Padding = one_of(kind, "padding", padding, self.paddings)
        self.channels_last = channels_last(kind, data_format)
        self.data_format = data_format or "channels_last"
        self.dilation_rate = several(kind, "dilation_rate", dilation_rate, self.rank)
        self.groups = positive(kind, "groups", groups)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        if self.filters % self.groups:
            raise ValueError(f"{kind}: filters={filters} cannot be split into groups={groups}.")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{kind}: strides={strides!r} and dilation_rate={dilation_rate!r} cannot both be "
                f"above 1."
            )

    def build(self, input_shape: Shape) -> None:
        """Make the kernel and the bias for inputs with a known number of channels."""
        axis = -1 if self.channels_last else 1
        channels = input_shape[axis]
        if not channels or channels % self.groups:
            raise ShapeError(
                f"{self.name}: the channels (axis {axis} of the input, {input_shape}) have to be "
                f"a known number that groups={self.groups} divides."
            )
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        self.compute_output_shape(input_shape)
        self.kernel = self.add_weight(
            self._kernel_shape(channels),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _kernel_shape(self, channels: int) -> tuple[int, ...]:
        return (*self.kernel_size, channels // self.groups, self.filters)

    def call(self, inputs: Value) -> Any:
        """Return the activated convolution, with `filters` channels."""
        x: Any = inputs if self.channels_last else np.moveaxis(inputs, 1, -1)  # type: ignore[type-var]
        output = self._convolved(x)
        if self.bias is not None:
            output = output + self.bias
        if not self.channels_last:
            output = np.moveaxis(output, -1, 1)
        return output if self.activation is None else self.activation(output)

    def _convolved(self, images: Any) -> Any:
        """Return the convolution of images whose channels are last."""
        return convolution(images, self.kernel, self.strides, self.padding, self.dilation_rate)

    def _places(self, lengths: Shape) -> Shape:
        """Return how often the kernel fits along each axis."""
        return slid_lengths(
            self.name, lengths, self.kernel_size, self.strides, self.padding, self.dilation_rate
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of samples, the lengths of the output, and `filters`.

        Raises `ShapeError` if the kernel does not fit at all.
        """
        places = self._places(input_shape[1:-1] if self.channels_last else input_shape[2:])
        if self.channels_last:
            return (input_shape[0], *places, self.filters)
        return (input_shape[0], self.filters, *places)
