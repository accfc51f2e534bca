"""How often the target's class number is among the k with the largest predictions."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.class_numbers import as_classes, check_k, in_top_k
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> np.ndarray[Any, Any]:
    """Return 1.0 where y_true is among the k largest of y_pred; float32.

    Args:
        y_true: class numbers, of the shape of `y_pred` without its last axis (or with 1 there).
        y_pred: a score for each class, along the last axis.
        k: how many places count; ties count for the target.
        from_sorted_ids: whether `y_pred` holds class numbers, the likeliest first, not scores.

    Raises:
        ShapeError: if the shapes do not fit.
        ValueError: if k is no positive integer.

    >>> sparse_top_k_categorical_accuracy([0, 1], [[0.1, 0.9, 0.8], [0, 0.2, 0.7]], k=2)
    array([0., 1.], dtype=float32)
    """
    what = "sparse_top_k_categorical_accuracy"
    check_k(k, what)
    y_true, y_pred = as_classes(y_true, y_pred, what)
    if not from_sorted_ids:
        return in_top_k(y_true, y_pred, k)
    found: np.ndarray[Any, Any] = (y_pred[..., :k] == y_true[..., None]).any(axis=-1)
    return found.astype(np.float32)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose target's number is among the k largest predictions.

    Args:
        k: how many places count.
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.
        from_sorted_ids: whether predictions are class numbers, the likeliest first, not scores.

    Raises:
        ValueError: if k is no positive integer.

    >>> SparseTopKCategoricalAccuracy(k=2)([0, 1], [[0.1, 0.9, 0.8], [0.05, 0.2, 0.7]])
    0.5
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((8,), 0, 7, whole=True), (8, 7)),
        example(Draw((3, 5), 0, 4, whole=True), (3, 5, 4), k=2, name="top2"),
        example(
            Draw((8,), 0, 4, whole=True), Draw((8, 4), 0, 4, whole=True), k=2, from_sorted_ids=True
        ),
    )

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: DTypeLike | None = None,
        from_sorted_ids: bool = False,
    ) -> None:
        self.k = check_k(k, type(self).__name__)
        self.from_sorted_ids = from_sorted_ids
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric, as Keras writes them."""
        config = super().get_config()
        if not self.from_sorted_ids:
            del config["from_sorted_ids"]
        return config
