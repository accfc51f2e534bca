"""Images with each pixel several times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.arguments import channels_last, one_of, several
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class UpSampling2D(Layer):
    """Repeats the rows and columns of images.

    Args:
        size: how often, rows and columns; one number for both.
        data_format: "channels_last" (the default): inputs of shape (samples, height, width,
            channels); or "channels_first": (samples, channels, height, width).
        interpolation: "nearest"; Keras's others are refused.
        **options: as for every `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers, and unknown names.

    >>> UpSampling2D((2, 1))([[[[1.0], [2.0]]]]).numpy()[0, :, :, 0]
    array([[1., 2.],
           [1., 2.]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((2, 2, 3, 2)),
        example((1, 2, 2, 3), size=(1, 3), data_format="channels_first"),
    )

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.size = several("UpSampling2D", "size", size, 2)
        first = 1 if channels_last("UpSampling2D", data_format) else 2
        self.axes = (first, first + 1)
        self.data_format = data_format or "channels_last"
        self.interpolation = one_of("UpSampling2D", "interpolation", interpolation, ("nearest",))
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """Return the larger images."""
        for axis, times in zip(self.axes, self.size, strict=True):
            inputs = np.repeat(inputs, times, axis=axis)
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the larger shape."""
        times = dict(zip(self.axes, self.size, strict=True))
        return tuple(
            None if length is None else length * times.get(axis, 1)
            for axis, length in enumerate(input_shape)
        )
