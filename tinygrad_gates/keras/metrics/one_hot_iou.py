"""Intersection over union of classes, for one-hot targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.iou import IoU


class OneHotIoU(IoU):
    """tp / (tp + fp + fn), the mean over given classes, for one-hot targets.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes whose ratios are averaged.
        name: the key in logs.
        dtype: of weights; with the default, int64, fractions are cut off, with a warning.
        ignore_class: a target's class number that does not count, such as 255.
        sparse_y_pred: whether predictions are class numbers, not scores of classes.
        axis: the axis of classes in targets and scores.

    Raises:
        ValueError: for classes that there are not.

    >>> metric = OneHotIoU(num_classes=2, target_class_ids=[0, 1])
    >>> metric([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    0.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((20, 3), 0, 1), Draw((20, 3)), num_classes=3, target_class_ids=[0, 2]),
        example(
            *(Draw((4, 3, 5), 0, 1), Draw((4, 5), 0, 3, whole=True)),
            num_classes=3, target_class_ids=[1, 2], sparse_y_pred=True, ignore_class=1, axis=-2,
        ),
    )  # fmt: skip

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )
