"""What pooling of whole sequences and images shares."""

from __future__ import annotations

from typing import ClassVar, Unpack

from tinygrad_gates.keras.layers.arguments import channels_last
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class BaseGlobalPooling(Layer):
    """Makes one number of each channel of a sample, with as many axes as `rank` says.

    Args:
        data_format: "channels_last" (the default) or "channels_first".
        keepdims: whether pooled axes stay, with length 1.
        **options: as for every `Layer`.
    """

    stateless = True
    rank: ClassVar[int]

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        first = 1 if channels_last(type(self).__name__, data_format) else 2
        self.axes = tuple(range(first, first + self.rank))
        self.data_format = data_format or "channels_last"
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape without the pooled axes, or with 1 for them."""
        if self.keepdims:
            return tuple(1 if axis in self.axes else n for axis, n in enumerate(input_shape))
        return tuple(n for axis, n in enumerate(input_shape) if axis not in self.axes)
