"""The mean of absolute differences."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def mean_absolute_error(y_true: Any, y_pred: Any) -> Value:
    """Return mean(|y_pred - y_true|) over the last axis.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]])
    Value(data=[1.5])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "mean_absolute_error")
    return np.abs(y_pred - y_true).mean(axis=-1)


class MeanAbsoluteError(PairwiseLoss, function=mean_absolute_error, aliases=("mae",)):
    """The mean of absolute differences between targets and predictions.

    >>> MeanAbsoluteError()([[0.0], [1.0]], [[1.0], [3.0]])
    Value(data=1.5)
    """

    examples: ClassVar = (
        example((4, 3), (4, 3)),
        example((4,), (4, 1), reduction="sum"),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
