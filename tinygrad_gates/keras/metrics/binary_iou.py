"""Intersection over union of two classes, told apart by a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.iou import IoU
from tinygrad_gates.keras.tensors import FLOAT32, as_array


class BinaryIoU(IoU):
    """tp / (tp + fp + fn) of class 0, class 1, or the mean of both.

    Args:
        target_class_ids: the classes whose ratios are averaged.
        threshold: predictions from here on mean class 1.
        name: the key in logs.
        dtype: of weights; with the default, int64, fractions are cut off, with a warning.

    Raises:
        ValueError: for classes other than 0 and 1.

    >>> BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])
    0.3333333333333333
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((20,), 0, 2, whole=True), Draw((20,), 0, 1)),
        example(
            *(Draw((4, 5), 0, 2, whole=True), Draw((4, 5), 0, 1)),
            target_class_ids=[1], threshold=0.3, name="overlap", dtype="float32",
        ),
    )  # fmt: skip

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the pairs of targets, 0 or 1, and thresholded predictions of a batch.

        Raises:
            ShapeError: if the shapes do not fit.

        Warns:
            UserWarning: of fractional weights, where the dtype is one of integers.
        """
        scores = as_array(y_pred, f"{self.name}: y_pred", FLOAT32)
        positive = (scores >= self.threshold).astype(np.int64)
        super().update_state(y_true, positive, sample_weight)
