"""A cross-entropy that wrong labels disturb less."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import class_numbers, within
from tinygrad_gates.keras.losses.shapes import as_predictions


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Value:
    """Return (1 - p**q) / q, with p the probability that was predicted for the right class.

    Args:
        y_true: class numbers from 0, of the shape of `y_pred` without the last axis.
        y_pred: predicted probabilities; a Value or an array.
        q: between 0, the cross-entropy, and 1, the mean absolute error.

    Raises:
        ShapeError: if the shapes do not fit.
        DtypeError: if class numbers are not whole.
        ValueError: if there are numbers of classes that do not exist.

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)
    Value(data=[1.])
    """
    what = "categorical_generalized_cross_entropy"
    y_pred = as_predictions(y_pred, what)
    numbers = class_numbers(y_true, y_pred, what, -1)
    numbers = within(numbers, y_pred.shape[-1], what)
    p: Any = np.take_along_axis(y_pred, np.expand_dims(numbers, -1), -1)
    losses: Value = (1 - np.squeeze(p, -1) ** q) / q
    return losses


class CategoricalGeneralizedCrossEntropy(
    PairwiseLoss, function=categorical_generalized_cross_entropy
):
    """A loss between the cross-entropy and the mean absolute error, for labels with mistakes.

    Defined by Zhang and Sabuncu, "Generalized cross entropy loss for training deep neural
    networks with noisy labels", NeurIPS 2018.

    Args:
        q: between 0, the cross-entropy, and 1, the mean absolute error.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    Raises:
        ValueError: if q is not between 0 and 1.

    >>> CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])
    Value(data=1.0)
    """

    integer_targets = True
    examples: ClassVar = (
        example(Draw((4,), 0, 3, whole=True), Draw((4, 3), 0.1, 0.9)),
        example(Draw((4,), 0, 3, whole=True), Draw((4, 3), 0.1, 0.9), q=0.2, reduction="sum"),
    )

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not 0 < q < 1:
            raise ValueError(f"{type(self).__name__}: q={q!r} has to be between 0 and 1.")
        self.q = q
