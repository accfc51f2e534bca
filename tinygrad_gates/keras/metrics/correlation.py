"""Moments of pairs along an axis, which the correlations share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.losses.shapes import as_pair


class Moments(NamedTuple):
    """Means, variances and the covariance of targets and predictions along an axis."""

    mean_true: Value
    mean_pred: Value
    var_true: Value
    var_pred: Value
    covariance: Value


def moments(y_true: Any, y_pred: Any, axis: int | tuple[int, ...], what: str) -> Moments:
    """Return the moments along an axis; raises `ShapeError` if the shapes differ."""
    y_true, y_pred = as_pair(y_true, y_pred, what)
    mean_true = y_true.mean(axis=axis, keepdims=True)
    mean_pred = y_pred.mean(axis=axis, keepdims=True)
    from_true, from_pred = y_true - mean_true, y_pred - mean_pred
    return Moments(
        mean_true.mean(axis=axis),
        mean_pred.mean(axis=axis),
        np.square(from_true).mean(axis=axis),
        np.square(from_pred).mean(axis=axis),
        (from_true * from_pred).mean(axis=axis),
    )
