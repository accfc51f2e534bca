"""What pooling of sequences and of images shares."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.arguments import channels_last, one_of, several
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.sliding import slid_lengths
from tinygrad_gates.ops.convolution import Padding


class BasePooling(Layer):
    """Makes one number of each window, along as many axes as `rank` says."""

    stateless = True
    rank: ClassVar[int]

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: Padding = "valid",
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.pool_size = several(kind, "pool_size", pool_size, self.rank)
        given = self.pool_size if strides is None else strides
        self.strides = several(kind, "strides", given, self.rank)
        self.padding: Padding = one_of(kind, "padding", padding, ("valid", "same"))
        self.channels_last = channels_last(kind, data_format)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def pooled(self, images: Any) -> Any:
        """Return the numbers of all windows of images whose channels are last."""
        raise NotImplementedError

    def call(self, inputs: Value) -> Any:
        """Return the numbers of all windows."""
        self.compute_output_shape(inputs.shape)
        if self.channels_last:
            return self.pooled(inputs)
        return np.moveaxis(self.pooled(np.moveaxis(inputs, 1, -1)), -1, 1)  # type: ignore[type-var]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with the numbers of windows; raises `ShapeError` if none fits."""
        lengths = input_shape[1:-1] if self.channels_last else input_shape[2:]
        places = slid_lengths(self.name, lengths, self.pool_size, self.strides, self.padding)
        if self.channels_last:
            return (input_shape[0], *places, input_shape[-1])
        return (*input_shape[:2], *places)
