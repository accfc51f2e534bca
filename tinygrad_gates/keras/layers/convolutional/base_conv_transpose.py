"""What transposed convolutions of sequences and of images share."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from tinygrad_gates.keras.layers.arguments import several
from tinygrad_gates.keras.layers.convolutional.base_conv import BaseConv
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.options import CommonOptions
from tinygrad_gates.ops.convolution import Padding, transposed_convolution


class BaseConvTranspose(BaseConv):
    """A transposed convolution along as many axes as `rank`; arguments as in `Conv2DTranspose`."""

    unsaved = (*BaseConv.unsaved, "groups")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Padding = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            1,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **options,
        )
        kind = type(self).__name__
        self.output_padding: Any = None
        if output_padding is not None:
            self.output_padding = several(kind, "output_padding", output_padding, self.rank, 0)
            pairs = zip(self.output_padding, self.strides, strict=True)
            if any(more >= stride for more, stride in pairs):
                raise ValueError(
                    f"{kind}: output_padding={output_padding!r} has to be less than "
                    f"strides={strides!r}."
                )

    def _kernel_shape(self, channels: int) -> tuple[int, ...]:
        return (*self.kernel_size, self.filters, channels)

    def _convolved(self, images: Any) -> Any:
        """Return what is put down, without what `padding` cuts off before and after."""
        whole = transposed_convolution(images, self.kernel, self.strides, self.dilation_rate)
        for axis, length in enumerate(images.shape[1:-1]):
            before, wanted = self._cut(axis, length)
            place = (slice(None),) * (axis + 1)
            whole = whole[(*place, slice(before, before + wanted))]
            missing = wanted - whole.shape[axis + 1]
            if missing:
                widths = [(0, 0)] * whole.ndim
                widths[axis + 1] = (0, missing)
                whole = np.pad(whole, widths)
        return whole

    def _cut(self, axis: int, length: int) -> tuple[int, int]:
        """Return how much is cut off before, and how long the output is."""
        span = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
        stride = self.strides[axis]
        more = self.output_padding[axis] if self.output_padding else None
        inner = (length - 1) * stride
        if self.padding == "valid":
            return 0, inner + (max(span, stride) if more is None else span + more)
        last = stride if more is None else span % 2 + more
        around = last + span - 2
        return span - 1 - min(around - around // 2, span - 1), inner + last

    def _places(self, lengths: Shape) -> Shape:
        return tuple(
            None if length is None else self._cut(axis, length)[1]
            for axis, length in enumerate(lengths)
        )
