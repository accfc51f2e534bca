"""Targets that are class numbers, fitted to predictions that are scores of classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.tensors import as_array


def as_classes(
    y_true: Any, y_pred: Any, what: str
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return class numbers, of the shape of the scores without its last axis, and the scores.

    Args:
        y_true: class numbers; a last axis of length 1 is dropped.
        y_pred: a score for each class, along the last axis.
        what: what messages call the function.

    Raises:
        ShapeError: if the shapes do not fit, as where targets are one-hot.

    >>> as_classes([[1], [0]], [[0.4, 0.6], [0.1, 0.9]], "top_k")[0]
    array([1, 0])
    """
    y_true = as_array(y_true, f"{what}: y_true")
    y_pred = as_array(y_pred, f"{what}: y_pred")
    if y_true.ndim == y_pred.ndim and y_true.shape[-1:] == (1,):
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape[:-1] or not y_pred.ndim:
        raise ShapeError(
            f"{what}: y_true has shape {y_true.shape} and y_pred {y_pred.shape}; give one class "
            f"number for each row of scores."
            + (_ONE_HOT if y_true.ndim and y_true.shape == y_pred.shape else "")
        )
    return y_true, y_pred


_ONE_HOT = " For one-hot targets, take the metric without 'sparse' in its name."


def in_top_k(
    classes: np.ndarray[Any, Any], scores: np.ndarray[Any, Any], k: int
) -> np.ndarray[Any, Any]:
    """Return 1.0 where fewer than k classes have a larger score than the given one; float32.

    Ties count for the class, as in Keras; a class number that there is not is never among them.

    >>> in_top_k(np.array([1, 0]), np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]), 2)
    array([1., 0.], dtype=float32)
    """
    numbers = classes.astype(np.int64)
    known = (numbers == classes) & (numbers >= 0) & (numbers < scores.shape[-1])
    own = np.take_along_axis(scores, np.where(known, numbers, 0)[..., None], axis=-1)
    larger = (scores > own).sum(axis=-1)
    found: np.ndarray[Any, Any] = known & (larger < k) & np.isfinite(own[..., 0])
    return found.astype(np.float32)


def check_k(k: Any, what: str) -> int:
    """Return k; raises `ValueError` if it is no positive integer."""
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        raise ValueError(f"{what}: k={k!r} has to be a positive integer.")
    return int(k)
