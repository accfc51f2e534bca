"""The cross-entropy of classes, of which easy samples weigh less."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.categorical_crossentropy import (
    CategoricalCrossentropy,
    shares,
    smoothed,
)
from tinygrad_gates.keras.losses.probabilities import as_classes, inside, share


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Value:
    """Return -sum(alpha (1 - y_pred)**gamma y_true log(y_pred)) along the axis of classes.

    Args:
        y_true: one-hot rows, or probabilities, of the shape of `y_pred`.
        y_pred: predicted probabilities, which are scaled to sum to 1; a Value or an array.
        alpha: a factor, or one for each class.
        gamma: how much less easy samples weigh.
        from_logits: whether `y_pred` are logits, to which softmax is still to be applied.
        label_smoothing: how far targets are moved towards equal shares, from 0 to 1.
        axis: that of the classes.

    Raises:
        ShapeError: if the shapes differ.

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4)
    Value(data=[0.0433])
    """
    y_true, y_pred = as_classes(y_true, y_pred, "categorical_focal_crossentropy", axis)
    y_true = smoothed(y_true, label_smoothing, axis)
    p = ops.softmax(y_pred, axis) if from_logits else y_pred
    p = inside(shares(p, axis))
    factor = np.asarray(alpha, p.dtype) * (1 - p) ** gamma
    return -(factor * y_true * np.log(p)).sum(axis=axis)


class CategoricalFocalCrossentropy(
    CategoricalCrossentropy, function=categorical_focal_crossentropy
):
    """The cross-entropy of one-hot targets, of which easy samples weigh less.

    Defined by Lin et al., "Focal loss for dense object detection", ICCV 2017.

    Args:
        alpha: a factor, or one for each class.
        gamma: how much less easy samples weigh, 0 or more.
        from_logits: whether predictions are logits.
        label_smoothing: how far targets are moved towards equal shares, from 0 to 1.
        axis: that of the classes.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    Raises:
        ValueError: for numbers outside their range.

    >>> round(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item(), 4)
    0.0433
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 1), Draw((4, 3), 0.1, 0.9)),
        example(
            Draw((4, 3), 0, 2, whole=True), (4, 3), from_logits=True, label_smoothing=0.2,
            alpha=[0.2, 0.3, 0.5], gamma=1.5, reduction="sum",
        ),
    )  # fmt: skip

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, reduction, name, dtype)
        self.alpha = alpha
        self.gamma = share(type(self).__name__, "gamma", gamma, high=math.inf)
