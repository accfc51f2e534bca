"""Dropout that keeps what `selu` keeps."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.activations.smooth import SELU_ALPHA, SELU_SCALE
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.regularization.dropout import Dropout
from tinygrad_gates.keras.random import uniform

_DROPPED = -SELU_ALPHA * SELU_SCALE
"""The limit of selu far below 0, which dropped numbers are set to."""


class AlphaDropout(Dropout):
    """Sets a share of the numbers to selu's limit, and keeps mean and variance.

    Defined by Klambauer et al., "Self-normalizing neural networks", 2017. It does so in training
    only. Arguments are those of `Dropout`.

    >>> AlphaDropout(0.5)([[1.0, 2.0]])
    Value(data=[[1., 2.]])
    """

    examples: ClassVar = (example((4, 3), rate=0.3), example((4, 3), rate=0.5, seed=7))

    def changed(self, inputs: Any) -> Any:
        """Return the input with some numbers dropped, scaled and shifted."""
        if not self.rate:
            return inputs
        drawn = uniform(self._drawn_shape(inputs.shape), seed=self.seed_generator, dtype=self.dtype)
        kept = np.where(drawn >= self.rate, inputs, _DROPPED)
        scale = 1 / math.sqrt((1 - self.rate) * (1 + self.rate * _DROPPED**2))
        return scale * kept + (-scale * _DROPPED * self.rate)
