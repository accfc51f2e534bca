"""The mean of squared differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.losses.loss import Loss
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.tensors import FLOAT32, as_value


def mean_squared_error(y_true: Any, y_pred: Any) -> Value:
    """Return mean((y_true - y_pred)**2) over the last axis.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])
    Value(data=[2.5])
    """
    if not isinstance(y_pred, Value):
        y_pred = as_value(y_pred, FLOAT32, "mean_squared_error: y_pred")
    y_true = as_value(y_true, y_pred._data.dtype, "mean_squared_error: y_true")
    if y_true._data.shape != y_pred._data.shape:
        y_true, y_pred = match_shapes(y_true, y_pred, "mean_squared_error")
    return np.mean(np.square(y_pred - y_true), axis=-1)  # type: ignore[no-any-return]


class MeanSquaredError(Loss, function=mean_squared_error, aliases=("mse",)):
    """The mean of squared differences between targets and predictions.

    >>> MeanSquaredError()([[0.0], [1.0]], [[1.0], [3.0]])
    Value(data=2.5)
    """
