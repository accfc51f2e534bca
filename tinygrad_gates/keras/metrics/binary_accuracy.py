"""How often thresholded predictions equal 0/1 targets."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.tensors import as_array


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> np.ndarray[Any, Any]:
    """Return 1.0 where (y_pred > threshold) equals y_true, else 0.0; float32.

    Raises `ShapeError` if the shapes differ by more than a last axis of length 1.

    >>> binary_accuracy([[0], [1]], [[0.2], [0.3]])
    array([[1.],
           [0.]], dtype=float32)
    """
    y_true = as_array(y_true, "binary_accuracy: y_true")
    y_pred = as_array(y_pred, "binary_accuracy: y_pred")
    if y_true.shape != y_pred.shape:
        y_true, y_pred = match_shapes(y_true, y_pred, "binary_accuracy")
    matches: np.ndarray[Any, Any] = (y_pred > threshold) == y_true
    return matches.astype(np.float32)


class BinaryAccuracy(MeanMetricWrapper):
    """The share of predictions on the same side of a threshold as their 0/1 targets.

    Args:
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.
        threshold: what a prediction has to exceed to mean 1; 0.0 suits logits.

    Raises:
        ValueError: if the threshold is no finite number.

    >>> BinaryAccuracy()([[0], [1]], [[0.2], [0.3]])
    0.5
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((8, 1), 0, 2, whole=True), Draw((8, 1), 0, 1)),
        example(Draw((8, 3), 0, 2, whole=True), Draw((8, 3), 0, 1), threshold=0.25, name="acc"),
        example(Draw((8, 1), 0, 2, whole=True), (8, 1), threshold=0.0, dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "binary_accuracy",
        dtype: DTypeLike | None = None,
        threshold: float = 0.5,
    ) -> None:
        if not np.isfinite(threshold):
            raise ValueError(f"BinaryAccuracy: threshold={threshold!r} is no finite number.")
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold
