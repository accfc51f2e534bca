"""What the four counts of the confusion matrix share."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.metrics.confusion import ThresholdMetric, one_or_all
from tinygrad_gates.keras.variable import Variable


class ConditionCount(ThresholdMetric, shared=True):
    """One of the four counts at each threshold."""

    accumulator: Variable

    def result(self) -> Any:
        """Return the count, or an array with one for each of several thresholds."""
        return one_or_all(self.accumulator.numpy())
