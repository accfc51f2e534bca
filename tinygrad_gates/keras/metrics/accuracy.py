"""How often predictions equal targets."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.tensors import as_array


def accuracy(y_true: Any, y_pred: Any) -> np.ndarray[Any, Any]:
    """Return 1.0 where y_true equals y_pred, else 0.0; float32.

    Raises `ShapeError` if the shapes differ by more than a last axis of length 1.

    >>> accuracy([1, 2], [1, 3])
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = match_shapes(
        as_array(y_true, "accuracy: y_true"), as_array(y_pred, "accuracy: y_pred"), "accuracy"
    )
    matches: np.ndarray[Any, Any] = y_true.astype(y_pred.dtype, copy=False) == y_pred
    return matches.astype(np.float32)


class Accuracy(MeanMetricWrapper):
    """The share of predictions that equal their targets, such as class numbers.

    Args:
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.

    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((8,), 0, 3, whole=True), Draw((8,), 0, 3, whole=True)),
        example(Draw((8, 2), 0, 3, whole=True), Draw((8, 2), 0, 3, whole=True), name="equal"),
    )

    def __init__(self, name: str | None = "accuracy", dtype: DTypeLike | None = None) -> None:
        super().__init__(accuracy, name, dtype)
