"""The cross-entropy of classes that are given as one-hot rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import (
    as_classes,
    check_probabilities,
    inside,
    share,
)

MEANT = "a one-hot row for each sample, or probabilities"


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Value:
    """Return -sum(y_true log(y_pred)) along the axis of classes.

    Args:
        y_true: one-hot rows, or probabilities, of the shape of `y_pred`.
        y_pred: predicted probabilities, which are scaled to sum to 1; a Value or an array.
        from_logits: whether `y_pred` are logits, to which softmax is still to be applied.
        label_smoothing: how far targets are moved towards equal shares, from 0 to 1.
        axis: that of the classes.

    Raises:
        ShapeError: if the shapes differ.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4)
    Value(data=[0.6931])
    """
    y_true, y_pred = as_classes(y_true, y_pred, "categorical_crossentropy", axis)
    y_true = smoothed(y_true, label_smoothing, axis)
    if from_logits:
        return -(y_true * ops.log_softmax(y_pred, axis)).sum(axis=axis)
    return -(y_true * np.log(inside(shares(y_pred, axis)))).sum(axis=axis)


def smoothed(y_true: Any, label_smoothing: float, axis: int) -> Any:
    """Return targets moved towards equal shares."""
    if not label_smoothing:
        return y_true
    return y_true * (1 - label_smoothing) + label_smoothing / y_true.shape[axis]


def shares(y_pred: Any, axis: int) -> Any:
    """Return probabilities scaled to sum to 1."""
    return y_pred / y_pred.sum(axis=axis, keepdims=True)


class CategoricalCrossentropy(PairwiseLoss, function=categorical_crossentropy, aliases=("cce",)):
    """The cross-entropy of one-hot targets and predicted probabilities.

    Args:
        from_logits: whether predictions are logits: more exact than a softmax in the last layer.
        label_smoothing: how far targets are moved towards equal shares, from 0 to 1.
        axis: that of the classes.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    Raises:
        ValueError: for a label_smoothing outside [0, 1].

    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item(), 4)
    0.6931
    """

    examples: ClassVar[Sequence[Example]] = (
        example(Draw((4, 3), 0, 1), Draw((4, 3), 0.1, 0.9)),
        example(Draw((4, 3), 0, 2, whole=True), (4, 3), from_logits=True, label_smoothing=0.2),
        example(Draw((2, 3, 2), 0, 1), Draw((2, 3, 2), 0.1, 0.9), axis=1, reduction="sum"),
    )

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.from_logits = from_logits
        self.label_smoothing = share(type(self).__name__, "label_smoothing", label_smoothing)
        self.axis = axis

    def check_targets(self, y: np.ndarray[Any, Any]) -> None:
        """Raise `ValueError` for targets outside of [0, 1]."""
        if y.ndim > 1 and y.shape[-1] > 1:  # class numbers are told by their shape
            check_probabilities(y, self.name, MEANT)
