"""The hinge loss between classes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def categorical_hinge(y_true: Any, y_pred: Any) -> Value:
    """Return max(wrong - right + 1, 0): the scores of the right class, and of the best other.

    Args:
        y_true: one-hot rows, of the shape of `y_pred`.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> categorical_hinge([[1.0, 0.0]], [[1.0, 0.5]])
    Value(data=[0.5])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "categorical_hinge")
    right = (y_true * y_pred).sum(axis=-1)
    wrong = ((1 - y_true) * y_pred).max(axis=-1)
    return np.maximum(wrong - right + 1, 0)


class CategoricalHinge(PairwiseLoss, function=categorical_hinge):
    """How far the score of the right class is from being 1 above those of all others.

    >>> CategoricalHinge()([[1.0, 0.0]], [[1.0, 0.5]])
    Value(data=0.5)
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 2, whole=True), (4, 3)),
        example(Draw((4, 3), 0, 2, whole=True), (4, 3), name="margin"),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
