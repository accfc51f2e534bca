"""Activations that look at several numbers at once, along an axis."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.activations.registration import activation
from tinygrad_gates.keras.config import floatx


@activation()
def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) divided by its sum along an axis.

    Warns where the axis has length 1: all results are 1, and nothing can be learned.

    >>> softmax(np.zeros((1, 2)))
    array([[0.5, 0.5]])
    """
    x = _as_floats(x)
    if isinstance(axis, int) and x.shape[axis] == 1:
        warnings.warn(
            f"softmax over axis {axis} of length 1 (shape {x.shape}) is always 1. Use a sigmoid.",
            stacklevel=2,
        )
    return ops.softmax(x, axis=axis)


@activation()
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return the logarithm of softmax(x), without overflow.

    >>> log_softmax(np.array([[0.0, 1000.0]]))
    array([[-1000.,     0.]])
    """
    return ops.log_softmax(_as_floats(x), axis=axis)


def _as_floats(x: Any) -> Any:
    return x if x.dtype.kind == "f" else x.astype(floatx())


@activation()
def glu(x: Any, axis: int = -1) -> Any:
    """Return the first half along an axis times the sigmoid of the second (Dauphin et al., 2017).

    Raises `ShapeError` if the length is odd.

    >>> glu(np.array([[3.0, 0.0]]))
    array([[1.5]])
    """
    length = x.shape[axis]
    if length % 2:
        raise ShapeError(f"glu: axis {axis} of length {length} cannot be halved.")
    first, second = np.split(x, 2, axis)
    return first * ops.sigmoid(second)


@activation()
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Return the nearest point with sum 1 and no negative number (Martins and Astudillo, 2016).

    >>> sparsemax(np.array([[0.0, 0.5, 3.0]]))
    array([[0., 0., 1.]])
    """
    kept = _support(x._data if isinstance(x, Value) else np.asarray(x), axis)
    count = np.sum(kept, axis=axis, keepdims=True).astype(x.dtype)
    excess = (np.sum(np.where(kept, x, 0), axis=axis, keepdims=True) - 1) / count
    return np.where(kept, x - excess, 0)


def _support(x: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    """Return where the nearest point is positive."""
    descending = np.flip(np.sort(x, axis=axis), axis)
    lengths = [1] * x.ndim
    lengths[axis] = -1
    rank = np.arange(1, x.shape[axis] + 1).reshape(lengths)
    excess = np.cumsum(descending, axis=axis) - 1
    size = np.sum(rank * descending > excess, axis=axis, keepdims=True)
    threshold = np.take_along_axis(excess, size - 1, axis) / size
    kept: np.ndarray[Any, Any] = x > threshold
    return kept
