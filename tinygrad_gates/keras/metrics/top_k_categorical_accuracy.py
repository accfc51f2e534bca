"""How often the one-hot target's class is among the k with the largest predictions."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.class_numbers import check_k, in_top_k
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.tensors import as_array


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> np.ndarray[Any, Any]:
    """Return 1.0 where argmax(y_true) is among the k largest of y_pred; float32.

    Args:
        y_true: one-hot targets, of the shape of `y_pred`.
        y_pred: a score for each class, along the last axis.
        k: how many places count; ties count for the target.

    Raises:
        ShapeError: if the shapes differ.
        ValueError: if k is no positive integer.

    >>> top_k_categorical_accuracy([[1, 0, 0], [0, 1, 0]], [[0.1, 0.9, 0.8], [0, 0.2, 0.7]], k=2)
    array([0., 1.], dtype=float32)
    """
    what = "top_k_categorical_accuracy"
    y_true, y_pred = match_shapes(
        as_array(y_true, f"{what}: y_true"), as_array(y_pred, f"{what}: y_pred"), what
    )
    return in_top_k(y_true.argmax(axis=-1), y_pred, check_k(k, what))


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose one-hot target is among the k largest predictions.

    Args:
        k: how many places count.
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.

    Raises:
        ValueError: if k is no positive integer.

    >>> metric = TopKCategoricalAccuracy(k=2)
    >>> metric([[1, 0, 0], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.2, 0.7]])
    0.5
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((8, 7), 0, 1), (8, 7)),
        example(Draw((8, 4), 0, 1), (8, 4), k=2, name="top2"),
        example(Draw((3, 5, 4), 0, 1), (3, 5, 4), k=1),
    )

    def __init__(
        self,
        k: int = 5,
        name: str | None = "top_k_categorical_accuracy",
        dtype: DTypeLike | None = None,
    ) -> None:
        self.k = check_k(k, type(self).__name__)
        super().__init__(top_k_categorical_accuracy, name, dtype, k=self.k)
