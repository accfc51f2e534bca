"""The mean of squared differences."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def mean_squared_error(y_true: Any, y_pred: Any) -> Value:
    """Return mean((y_pred - y_true)**2) over the last axis.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])
    Value(data=[2.5])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "mean_squared_error")
    return np.square(y_pred - y_true).mean(axis=-1)


def _mean(y_true: Any, y_pred: Any) -> Value:
    y_true, y_pred = as_pair(y_true, y_pred, "mean_squared_error")
    return ops.mean_squared_error(y_pred, y_true)


class MeanSquaredError(PairwiseLoss, function=mean_squared_error, mean=_mean, aliases=("mse",)):
    """The mean of squared differences between targets and predictions.

    >>> MeanSquaredError()([[0.0], [1.0]], [[1.0], [3.0]])
    Value(data=2.5)
    """

    examples: ClassVar = (
        example((4, 3), (4, 3)),
        example((4,), (4, 1), reduction="sum"),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
