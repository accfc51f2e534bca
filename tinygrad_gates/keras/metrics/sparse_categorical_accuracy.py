"""How often the largest prediction is at the target's number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.tensors import as_array


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
    y_true = as_array(y_true, "sparse_categorical_accuracy: y_true")
    y_pred = as_array(y_pred, "sparse_categorical_accuracy: y_pred")
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape[:-1]:
        raise ShapeError(
            f"sparse_categorical_accuracy: y_true has shape {y_true.shape} and y_pred "
            f"{y_pred.shape}; give one class number for each row of scores."
        )
    matches: np.ndarray[Any, Any] = y_true == y_pred.argmax(axis=-1)
    return matches.astype(np.float32)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is at the target's class number.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.4, 0.6], [0.1, 0.9]])
    0.5
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy") -> None:
        super().__init__(sparse_categorical_accuracy, name)
