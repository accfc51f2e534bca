"""The mean of intersection over union of all classes, for one-hot targets."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.mean_iou import MeanIoU


class OneHotMeanIoU(MeanIoU):
    """tp / (tp + fp + fn), the mean over all classes that occur, for one-hot targets.

    Args:
        num_classes: how many classes there are.
        name: the key in logs.
        dtype: of weights; with the default, int64, fractions are cut off, with a warning.
        ignore_class: a target's class number that does not count, such as 255.
        sparse_y_pred: whether predictions are class numbers, not scores of classes.
        axis: the axis of classes in targets and scores.

    >>> metric = OneHotMeanIoU(num_classes=2)
    >>> metric([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    0.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((20, 3), 0, 1), Draw((20, 3)), num_classes=3),
        example(
            *(Draw((20, 3), 0, 1), Draw((20,), 0, 3, whole=True)),
            num_classes=3, sparse_y_pred=True, ignore_class=1, dtype="float32", name="overlap",
        ),
    )  # fmt: skip

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
