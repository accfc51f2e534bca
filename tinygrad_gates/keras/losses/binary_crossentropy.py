"""The cross-entropy of yes-or-no targets."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import check_probabilities, inside, share
from tinygrad_gates.keras.losses.shapes import as_pair

MEANT = "0 or 1 for each output, or a probability"


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Value:
    """Return the mean of -y_true log(y_pred) - (1 - y_true) log(1 - y_pred) over an axis.

    Args:
        y_true: 0 and 1, or probabilities, of the shape of `y_pred`; a vector stands for a column.
        y_pred: predicted probabilities of 1; a Value or an array.
        from_logits: whether `y_pred` are logits, to which sigmoid is still to be applied.
        label_smoothing: how far targets are moved towards 1/2, from 0 to 1.
        axis: over which the mean is taken.

    Raises:
        ShapeError: if the shapes differ.

    >>> binary_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4)
    Value(data=[0.6931])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "binary_crossentropy")
    y_true = smoothed(y_true, label_smoothing)
    return binary_entropies(y_true, y_pred, from_logits).mean(axis=axis)


def smoothed(y_true: Any, label_smoothing: float) -> Any:
    """Return targets moved towards 1/2."""
    return y_true * (1 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y_true


def binary_entropies(y_true: Any, y_pred: Any, from_logits: bool) -> Any:
    """Return the cross-entropy of each probability, or of each logit."""
    if from_logits:
        return ops.binary_cross_entropy(y_pred, y_true)
    p = inside(y_pred)
    return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


class BinaryCrossentropy(PairwiseLoss, function=binary_crossentropy, aliases=("bce",)):
    """The cross-entropy of yes-or-no targets and predicted probabilities.

    Args:
        from_logits: whether predictions are logits: more exact than a sigmoid in the last layer.
        label_smoothing: how far targets are moved towards 1/2, from 0 to 1.
        axis: over which the mean is taken.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    Raises:
        ValueError: for a label_smoothing outside [0, 1].

    >>> round(BinaryCrossentropy()([[0.0], [1.0]], [[0.5], [0.5]]).item(), 4)
    0.6931
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 2, whole=True), Draw((4, 3), 0.1, 0.9)),
        example(Draw((4,), 0, 2, whole=True), (4, 1), from_logits=True, label_smoothing=0.2),
        example(Draw((2, 3, 2), 0, 1), Draw((2, 3, 2), 0.1, 0.9), axis=1, reduction="sum"),
    )

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.from_logits = from_logits
        self.label_smoothing = share(type(self).__name__, "label_smoothing", label_smoothing)
        self.axis = axis

    def check_targets(self, y: np.ndarray[Any, Any]) -> None:
        """Raise `ValueError` for targets outside of [0, 1]."""
        check_probabilities(y, self.name, MEANT)
