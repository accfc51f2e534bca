"""The mean over samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.losses.shapes import match_ranks
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.tensors import as_array


class Mean(Metric):
    """The mean of all values seen, each sample with its weight.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 2.0])
    >>> mean([6.0])
    3.0
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.reset_state()

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values of a batch.

        Args:
            values: a number, or an array with samples first; a sample's values are averaged.
            sample_weight: one weight for each sample (or for each value).

        Raises:
            ShapeError: if the weights do not fit the values.
        """
        array = as_array(values, self.name)
        if sample_weight is None:
            samples, size = len(array) if array.ndim else 1, array.size
            if size:
                total = float(np.add.reduce(array, axis=None, dtype=np.float64))
                self.total += total if samples == size else total * (samples / size)
            self.count += samples
            return
        weights = as_array(sample_weight, f"{self.name}: sample_weight")
        array, weights = match_ranks(array, weights)
        if weights.shape != array.shape[: weights.ndim]:
            raise ShapeError(
                f"{self.name}: sample_weight has shape {weights.shape}, and there are values of "
                f"shape {array.shape}. Give one weight for each sample."
            )
        array = array.mean(axis=tuple(range(weights.ndim, array.ndim)), dtype=np.float64)
        inner = tuple(range(1, weights.ndim))
        self.total += float((array * weights).mean(axis=inner).sum())
        self.count += float(weights.mean(axis=inner).sum())

    def add(self, value: float, samples: int) -> None:
        """Add a value that is already the mean over a number of samples."""
        self.total += value * samples
        self.count += samples

    def result(self) -> float:
        """Return the weighted mean; 0 before anything was seen."""
        return self.total / self.count if self.count else 0.0

    def reset_state(self) -> None:
        """Forget what was seen."""
        self.total = 0.0
        self.count = 0.0
