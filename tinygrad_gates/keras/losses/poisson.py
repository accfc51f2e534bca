"""The loss of counts."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def poisson(y_true: Any, y_pred: Any) -> Value:
    """Return mean(y_pred - y_true * log(y_pred + epsilon)) over the last axis.

    Args:
        y_true: counts, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> poisson([[0.0, 1.0]], [[1.0, 1.0]]).round(4)
    Value(data=[1.])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "poisson")
    return (y_pred - y_true * np.log(y_pred + epsilon())).mean(axis=-1)


class Poisson(PairwiseLoss, function=poisson):
    """How unlikely counts are, up to a constant, if predictions are their Poisson rates.

    >>> round(Poisson()([[1.0], [0.0]], [[1.0], [1.0]]).item(), 4)
    1.0
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 4, whole=True), Draw((4, 3), 0.2, 3)),
        example(Draw((4,), 0, 4, whole=True), Draw((4, 1), 0.2, 3)),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
