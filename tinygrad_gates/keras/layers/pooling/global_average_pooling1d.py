"""The mean of each channel of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.pooling.base_global_pooling import BaseGlobalPooling


class GlobalAveragePooling1D(BaseGlobalPooling):
    """Takes the mean of each channel of a sample; masked steps do not count.

    Args:
        data_format: "channels_last" (the default): inputs of shape (samples, steps,
            channels); or "channels_first": (samples, channels, steps).
        keepdims: whether pooled axes stay, with length 1.
        **options: as for every `Layer`.

    >>> GlobalAveragePooling1D()([[[1.0], [3.0], [2.0], [0.0]]]).numpy()
    array([[1.5]], dtype=float32)
    """

    rank = 1
    supports_masking = True
    examples: ClassVar[Sequence[Example]] = (
        example((2, 6, 3)),
        example((2, 6, 3), keepdims=True),
        example((2, 3, 6), data_format="channels_first"),
    )

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mean of each channel; of the steps that count, if there is a mask."""
        if mask is None:
            return inputs.mean(axis=self.axes, keepdims=self.keepdims)
        steps = self.axes[0]
        counts = np.expand_dims(mask, 3 - steps).astype(self.dtype)
        total = (inputs * counts).sum(axis=steps, keepdims=self.keepdims)
        return total / counts.sum(axis=steps, keepdims=self.keepdims)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return None: there are no steps any more."""
