"""The number of negative predictions of negative targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tinygrad_gates.keras.metrics.condition_count import ConditionCount


class TrueNegatives(ConditionCount):
    """The number of negative predictions of negative targets, each with its sample's weight.

    Args:
        thresholds: what a prediction has to exceed to be positive, a number from 0 to 1 (0.5 by
            default) or a list of them, with a result for each.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.

    Raises:
        ValueError: for thresholds outside the interval from 0 to 1.

    >>> TrueNegatives()([0, 0, 1, 1, 1, 1], [0.1, 0.9, 0.2, 0.7, 0.8, 0.9])
    1.0
    """

    kept: ClassVar[Mapping[str, str]] = {"accumulator": "true_negatives"}
