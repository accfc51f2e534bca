"""The share of positive targets that are found."""

from __future__ import annotations

from tinygrad_gates.keras.metrics.right_share import RightShare
from tinygrad_gates.keras.variable import Variable


class Recall(RightShare):
    """The share of positive targets whose predictions are positive: tp / (tp + fn).

    It is 0 as long as there are no positive targets.

    Args:
        thresholds: what a prediction has to exceed to be positive, a number from 0 to 1 (0.5 by
            default; with `top_k`, any number will do) or a list, with a result for each.
        top_k: only a sample's k largest predictions can be positive.
        class_id: the only class that counts, along the last axis.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.

    Raises:
        ValueError: for thresholds outside the interval from 0 to 1, and if `top_k` is no
            positive integer.

    >>> Recall()([0, 1, 1, 1], [0.9, 0.3, 0.8, 0.7])
    0.6666666666666666
    """

    wrong = "false_negatives"
    false_negatives: Variable
