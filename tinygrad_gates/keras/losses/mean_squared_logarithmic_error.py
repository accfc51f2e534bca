"""The mean of squared differences of logarithms."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Value:
    """Return mean((log(1 + y_pred) - log(1 + y_true))**2) over the last axis.

    Negative numbers count as 0.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> mean_squared_logarithmic_error([[1.0, 3.0]], [[1.0, 3.0]])
    Value(data=[0.])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "mean_squared_logarithmic_error")
    least = epsilon()
    error = np.log(np.maximum(y_pred, least) + 1) - np.log(np.maximum(y_true, least) + 1)
    return np.square(error).mean(axis=-1)


class MeanSquaredLogarithmicError(
    PairwiseLoss, function=mean_squared_logarithmic_error, aliases=("msle",)
):
    """The mean of squared differences of log(1 + y): errors count in proportion.

    >>> MeanSquaredLogarithmicError()([[1.0], [3.0]], [[1.0], [3.0]])
    Value(data=0.0)
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 2), Draw((4, 3), 0.1, 2)),
        example((4,), (4, 1)),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
