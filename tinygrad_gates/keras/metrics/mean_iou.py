"""The mean of intersection over union of all classes."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.iou import IoU


class MeanIoU(IoU):
    """tp / (tp + fp + fn), the mean over all classes that occur.

    Args:
        num_classes: how many classes there are.
        name: the key in logs.
        dtype: of weights; with the default, int64, fractions are cut off, with a warning.
        ignore_class: a target's class number that does not count, such as 255.
        sparse_y_true: whether targets are class numbers, not one-hot.
        sparse_y_pred: whether predictions are class numbers, not scores of classes.
        axis: the axis of classes in one-hot targets and scores.

    >>> MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])
    0.3333333333333333
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(
            Draw((20,), 0, 3, whole=True), Draw((20,), 0, 3, whole=True), num_classes=3
        ),
        example(
            *(Draw((20, 3), 0, 1), Draw((20, 3))),
            num_classes=3, ignore_class=0, sparse_y_true=False, sparse_y_pred=False,
        ),
    )  # fmt: skip

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            range(num_classes),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )
