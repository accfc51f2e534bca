"""The mean of log(cosh(error))."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def log_cosh(y_true: Any, y_pred: Any) -> Value:
    """Return mean(log(cosh(y_pred - y_true))), without overflow, over the last axis.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> log_cosh([[0.0, 0.0]], [[0.0, 1000.0]]).round(2)
    Value(data=[499.65])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "log_cosh")
    error = y_pred - y_true
    return (error + ops.softplus(-2 * error) - math.log(2)).mean(axis=-1)


class LogCosh(PairwiseLoss, function=log_cosh, aliases=("logcosh",)):
    """The mean of log(cosh(y_pred - y_true)): squares of small errors, magnitudes of large ones.

    >>> LogCosh()([[1.0], [3.0]], [[1.0], [3.0]])
    Value(data=0.0)
    """

    examples: ClassVar = (
        example((4, 3), (4, 3)),
        example((4,), (4, 1)),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
