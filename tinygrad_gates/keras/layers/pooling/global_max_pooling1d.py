"""The greatest number of each channel of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalMaxPooling1D(BaseGlobalPooling):
    """Takes the greatest number of each channel of a sample.

    Args:
        data_format: "channels_last" (the default): inputs of shape (samples, steps,
            channels); or "channels_first": (samples, channels, steps).
        keepdims: whether pooled axes stay, with length 1.
        **options: as for every `Layer`.

    >>> GlobalMaxPooling1D()([[[1.0], [3.0], [2.0], [0.0]]]).numpy()
    array([[3.]], dtype=float32)
    """

    rank = 1
    examples: ClassVar[Sequence[Example]] = (
        example((2, 6, 3)),
        example((2, 6, 3), keepdims=True),
        example((2, 3, 6), data_format="channels_first"),
    )

    def call(self, inputs: Any) -> Any:
        """Return the greatest number of each channel."""
        return inputs.max(axis=self.axes, keepdims=self.keepdims)
