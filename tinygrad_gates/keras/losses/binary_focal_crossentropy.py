"""The cross-entropy of yes-or-no targets, of which easy ones weigh less."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.binary_crossentropy import MEANT, binary_entropies, smoothed
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import check_probabilities, share
from tinygrad_gates.keras.losses.shapes import as_pair


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Value:
    """Return the mean of (1 - p)**gamma times the cross-entropy, p being what truth was given.

    Args:
        y_true: 0 and 1, or probabilities, of the shape of `y_pred`; a vector stands for a column.
        y_pred: predicted probabilities of 1; a Value or an array.
        apply_class_balancing: whether 1 weighs alpha and 0 weighs 1 - alpha.
        alpha: the weight of 1.
        gamma: how much less easy targets weigh.
        from_logits: whether `y_pred` are logits, to which sigmoid is still to be applied.
        label_smoothing: how far targets are moved towards 1/2, from 0 to 1.
        axis: over which the mean is taken.

    Raises:
        ShapeError: if the shapes differ.

    >>> binary_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4)
    Value(data=[0.1733])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "binary_focal_crossentropy")
    y_true = smoothed(y_true, label_smoothing)
    p = ops.sigmoid(y_pred) if from_logits else y_pred
    given = y_true * p + (1 - y_true) * (1 - p)
    losses = (1 - given) ** gamma * binary_entropies(y_true, p, from_logits=False)
    if apply_class_balancing:
        losses = losses * (y_true * alpha + (1 - y_true) * (1 - alpha))
    return losses.mean(axis=axis)


class BinaryFocalCrossentropy(PairwiseLoss, function=binary_focal_crossentropy):
    """The cross-entropy of yes-or-no targets, of which easy ones weigh less.

    Defined by Lin et al., "Focal loss for dense object detection", ICCV 2017.

    Args:
        apply_class_balancing: whether 1 weighs alpha and 0 weighs 1 - alpha.
        alpha: the weight of 1, from 0 to 1.
        gamma: how much less easy targets weigh, 0 or more.
        from_logits: whether predictions are logits.
        label_smoothing: how far targets are moved towards 1/2, from 0 to 1.
        axis: over which the mean is taken.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    Raises:
        ValueError: for numbers outside their range.

    >>> round(BinaryFocalCrossentropy()([[0.0], [1.0]], [[0.5], [0.5]]).item(), 4)
    0.1733
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 2, whole=True), Draw((4, 3), 0.1, 0.9)),
        example(
            Draw((4,), 0, 2, whole=True), (4, 1), from_logits=True, label_smoothing=0.2,
            apply_class_balancing=True, alpha=0.4, gamma=1.5,
        ),
    )  # fmt: skip

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        kind = type(self).__name__
        self.apply_class_balancing = apply_class_balancing
        self.alpha = share(kind, "alpha", alpha)
        self.gamma = share(kind, "gamma", gamma, high=math.inf)
        self.from_logits = from_logits
        self.label_smoothing = share(kind, "label_smoothing", label_smoothing)
        self.axis = axis

    def check_targets(self, y: np.ndarray[Any, Any]) -> None:
        """Raise `ValueError` for targets outside of [0, 1]."""
        check_probabilities(y, self.name, MEANT)
