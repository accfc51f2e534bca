"""The mean of absolute differences, in percent of the targets."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Value:
    """Return 100 * mean(|y_true - y_pred| / max(|y_true|, epsilon)) over the last axis.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 5.0]])
    Value(data=[37.5])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "mean_absolute_percentage_error")
    share = np.abs((y_true - y_pred) / np.maximum(np.abs(y_true), epsilon()))
    return 100 * share.mean(axis=-1)


class MeanAbsolutePercentageError(
    PairwiseLoss, function=mean_absolute_percentage_error, aliases=("mape",)
):
    """The mean of absolute differences, in percent of the targets.

    >>> MeanAbsolutePercentageError()([[2.0], [4.0]], [[1.0], [5.0]])
    Value(data=37.5)
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0.5, 2), (4, 3)),
        example(Draw((4,), 0.5, 2), (4, 1), name="share"),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
