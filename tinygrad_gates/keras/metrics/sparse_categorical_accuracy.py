"""How often the largest prediction is at the target's number."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.class_numbers import as_classes
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> np.ndarray[Any, Any]:
    """Return 1.0 where y_true equals argmax(y_pred) over the last axis; float32.

    Args:
        y_true: class numbers, of the shape of `y_pred` without its last axis (or with 1 there).
        y_pred: a score for each class, along the last axis.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> sparse_categorical_accuracy([1, 0], [[0.4, 0.6], [0.1, 0.9]])
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = as_classes(y_true, y_pred, "sparse_categorical_accuracy")
    matches: np.ndarray[Any, Any] = y_true == y_pred.argmax(axis=-1)
    return matches.astype(np.float32)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is at the target's class number.

    Args:
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.4, 0.6], [0.1, 0.9]])
    0.5
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((8,), 0, 3, whole=True), (8, 3)),
        example(Draw((8, 1), 0, 3, whole=True), (8, 3), name="acc"),
        example(Draw((4, 5), 0, 3, whole=True), (4, 5, 3), dtype="float64"),
    )

    def __init__(
        self, name: str | None = "sparse_categorical_accuracy", dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)
