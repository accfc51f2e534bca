"""The cross-entropy of classes that are given as numbers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.categorical_crossentropy import shares
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import class_numbers, inside, within
from tinygrad_gates.keras.losses.shapes import as_predictions


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Value:
    """Return -log of the probability that was predicted for the right class.

    Args:
        y_true: class numbers from 0, of the shape of `y_pred` without the axis of classes.
        y_pred: predicted probabilities, which are scaled to sum to 1; a Value or an array.
        from_logits: whether `y_pred` are logits, to which softmax is still to be applied.
        ignore_class: a class number that does not count: its loss is 0, and masked.
        axis: that of the classes.

    Raises:
        ShapeError: if the shapes do not fit.
        DtypeError: if class numbers are not whole.
        ValueError: if there are numbers of classes that do not exist.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).round(4)
    Value(data=[0.6931])
    """
    what = "sparse_categorical_crossentropy"
    y_pred = as_predictions(y_pred, what)
    numbers = class_numbers(y_true, y_pred, what, axis)
    counts = None
    if ignore_class is not None:
        counts = numbers != ignore_class
        numbers = np.where(counts, numbers, 0)
    numbers = within(numbers, y_pred.shape[axis], what)
    if from_logits:
        logs = ops.log_softmax(y_pred, axis)
    else:
        logs = np.log(inside(shares(y_pred, axis)))
    chosen = np.take_along_axis(logs, np.expand_dims(numbers, axis), axis)
    losses: Any = -np.squeeze(chosen, axis)
    if counts is not None:
        losses = np.where(counts, losses, 0)
        masking.set_mask(losses, counts)
    return losses


class SparseCategoricalCrossentropy(
    PairwiseLoss, function=sparse_categorical_crossentropy, aliases=("scce",)
):
    """The cross-entropy of class numbers and predicted probabilities.

    Args:
        from_logits: whether predictions are logits: more exact than a softmax in the last layer.
        ignore_class: a class number that does not count.
        reduction: as for every `Loss`.
        axis: that of the classes.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    >>> round(SparseCategoricalCrossentropy()([1, 0], [[0.5, 0.5], [0.5, 0.5]]).item(), 4)
    0.6931
    """

    integer_targets = True
    examples: ClassVar = (
        example(Draw((4,), 0, 3, whole=True), Draw((4, 3), 0.1, 0.9)),
        example(Draw((4, 1), 0, 3, whole=True), (4, 3), from_logits=True, reduction="sum"),
        example(Draw((2, 4), -1, 3, whole=True), (2, 4, 3), ignore_class=-1, from_logits=True),
        example(Draw((2, 4), 0, 3, whole=True), (2, 3, 4), axis=1, from_logits=True),
    )

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
