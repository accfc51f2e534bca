"""The share of positive targets that are found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.class_numbers import check_k
from tinygrad_gates.keras.metrics.confusion import (
    NEVER,
    ThresholdMetric,
    one_or_all,
    ratio,
)
from tinygrad_gates.keras.variable import Variable


class Recall(ThresholdMetric):
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

    direction = "up"
    kept: ClassVar[Mapping[str, str]] = {
        "true_positives": "true_positives",
        "false_negatives": "false_negatives",
    }
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((9,), 0, 2, whole=True), Draw((9,), 0, 1)),
        example(Draw((9, 3), 0, 2, whole=True), Draw((9, 3), 0, 1), thresholds=[0.7, 0.2]),
        example(Draw((9, 3), 0, 2, whole=True), (9, 3), top_k=2, name="top2"),
        example(Draw((9, 3), 0, 2, whole=True), Draw((9, 3), 0, 1), class_id=1, thresholds=0.25),
        example(
            Draw((9, 4), 0, 2, whole=True), Draw((9, 4), 0, 1), class_id=1, top_k=2, thresholds=0.5
        ),
    )
    true_positives: Variable
    false_negatives: Variable

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        default = 0.5 if top_k is None else NEVER
        top_k = None if top_k is None else check_k(top_k, type(self).__name__)
        super().__init__(thresholds, name, dtype, default=default, top_k=top_k, class_id=class_id)

    def result(self) -> Any:
        """Return the recall, or an array with one for each of several thresholds."""
        right = self.true_positives.numpy()
        return one_or_all(ratio(right, right + self.false_negatives.numpy()))
