"""How often the largest prediction is at the place of the largest target."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.tensors import as_array


def categorical_accuracy(y_true: Any, y_pred: Any) -> np.ndarray[Any, Any]:
    """Return 1.0 where argmax(y_true) equals argmax(y_pred) over the last axis; float32.

    Raises `ShapeError` if the shapes differ.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.4, 0.6], [0.1, 0.9]])
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = match_shapes(
        as_array(y_true, "categorical_accuracy: y_true"),
        as_array(y_pred, "categorical_accuracy: y_pred"),
        "categorical_accuracy",
    )
    matches: np.ndarray[Any, Any] = y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)
    return matches.astype(np.float32)


class CategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is at the one-hot target's place.

    Args:
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.

    >>> CategoricalAccuracy()([[0, 1], [1, 0]], [[0.4, 0.6], [0.1, 0.9]])
    0.5
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((8, 3), 0, 1), (8, 3)),
        example(Draw((4, 5, 3), 0, 1), (4, 5, 3), name="acc"),
    )

    def __init__(
        self, name: str | None = "categorical_accuracy", dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(categorical_accuracy, name, dtype)
