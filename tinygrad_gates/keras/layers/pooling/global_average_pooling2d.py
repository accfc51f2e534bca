"""The mean of each channel of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalAveragePooling2D(BaseGlobalPooling):
    """Takes the mean of each channel of a sample.

    Args:
        data_format: "channels_last" (the default): inputs of shape (samples, height, width,
            channels); or "channels_first": (samples, channels, height, width).
        keepdims: whether pooled axes stay, with length 1.
        **options: as for every `Layer`.

    >>> GlobalAveragePooling2D()([[[[1.0], [2.0]], [[3.0], [4.0]]]]).numpy()
    array([[2.5]], dtype=float32)
    """

    rank = 2
    examples: ClassVar[Sequence[Example]] = (
        example((2, 5, 4, 3)),
        example((2, 5, 4, 3), keepdims=True),
        example((2, 3, 5, 4), data_format="channels_first"),
    )

    def call(self, inputs: Any) -> Any:
        """Return the mean of each channel."""
        return inputs.mean(axis=self.axes, keepdims=self.keepdims)
