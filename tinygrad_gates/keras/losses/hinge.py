"""The hinge loss."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair, signs


def hinge(y_true: Any, y_pred: Any) -> Value:
    """Return mean(max(1 - y_true * y_pred, 0)) over the last axis.

    Args:
        y_true: -1 and 1, of the shape of `y_pred`; if all are 0 or 1, 0 means -1.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> hinge([[1.0, -1.0]], [[2.0, 0.0]])
    Value(data=[0.5])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "hinge")
    return np.maximum(1 - signs(y_true) * y_pred, 0).mean(axis=-1)


class Hinge(PairwiseLoss, function=hinge):
    """The mean of how far predictions are on the wrong side of a margin of 1.

    >>> Hinge()([[1.0], [0.0]], [[2.0], [0.0]])
    Value(data=0.5)
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 2, whole=True), (4, 3)),
        example((4,), (4, 1)),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
