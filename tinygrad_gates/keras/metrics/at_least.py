"""What metrics share that are the best of one rate where another is large enough."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.metrics.confusion import Array, ConfusionMetric, even_thresholds, ratio
from tinygrad_gates.keras.variable import Variable


class AtLeast(ConfusionMetric, shared=True):
    """The best of one rate among the thresholds at which another is at least a given value.

    Args:
        what: the argument's name.
        value: the least value, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried; one alone is 0.5.
        class_id: the only class that counts, along the last axis.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.

    Raises:
        ValueError: if the value is not from 0 to 1, or num_thresholds is no positive integer.
    """

    direction = "up"
    true_positives: Variable
    false_positives: Variable
    true_negatives: Variable
    false_negatives: Variable

    def __init__(
        self,
        what: str,
        value: float,
        num_thresholds: int,
        class_id: int | None,
        name: str | None,
        dtype: DTypeLike | None,
    ) -> None:
        if not 0 <= value <= 1:
            raise ValueError(f"{type(self).__name__}: {what}={value!r} is not from 0 to 1.")
        if num_thresholds < 1:
            raise ValueError(
                f"{type(self).__name__}: num_thresholds={num_thresholds!r} has to be a positive "
                f"integer."
            )
        thresholds = [0.5] if num_thresholds == 1 else even_thresholds(num_thresholds)
        super().__init__(thresholds, name, dtype, class_id=class_id)
        self.value = value
        self.num_thresholds = num_thresholds
        self.make_counts()

    def precision_at(self) -> Array:
        """Return tp / (tp + fp) at each threshold."""
        right = self.true_positives.numpy()
        return ratio(right, right + self.false_positives.numpy())

    def recall_at(self) -> Array:
        """Return tp / (tp + fn) at each threshold."""
        right = self.true_positives.numpy()
        return ratio(right, right + self.false_negatives.numpy())

    sensitivity_at = recall_at

    def specificity_at(self) -> Array:
        """Return tn / (tn + fp) at each threshold."""
        right = self.true_negatives.numpy()
        return ratio(right, right + self.false_positives.numpy())

    def best(self, rate: Array, *, where: Array) -> Any:
        """Return the largest rate where another is large enough; 0 if it is nowhere."""
        return float(np.max(rate, where=where >= self.value, initial=0.0))
