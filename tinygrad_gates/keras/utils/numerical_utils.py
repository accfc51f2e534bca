"""Class numbers as one-hot rows, and rows of length 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.tensors import as_array


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Return a row for each class number: 1 at its place, 0 elsewhere.

    The result is an array of float64, as in Keras; for a Value, a Value of `floatx()`.

    Args:
        x: class numbers from 0; a last axis of length 1 is dropped.
        num_classes: the length of a row; one more than the largest number by default.

    Raises:
        ValueError: for a number that is no integer, below 0, or not below `num_classes`.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    numbers = as_array(x, "to_categorical: x")
    if numbers.ndim > 1 and numbers.shape[-1] == 1:
        numbers = numbers[..., 0]
    classes = numbers.astype(np.int64)
    if not (classes == numbers).all():
        raise ValueError(f"to_categorical: x has {numbers.ravel()[0]}...; class numbers are whole.")
    count = int(num_classes or classes.max(initial=-1) + 1)
    if classes.size and (classes.min() < 0 or classes.max() >= count):
        raise ValueError(
            f"to_categorical: class numbers from {classes.min()} to {classes.max()} do not fit "
            f"num_classes={count}; they begin with 0."
        )
    rows = np.eye(count)[classes]
    return constant(rows.astype(floatx())) if isinstance(x, Value) else rows


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Return x divided by its norm along an axis; where that is 0, x itself.

    Args:
        x: an array, or a Value, whose gradient is passed on.
        axis: along which a vector lies.
        order: of the norm, 2 for Euclid's.

    >>> normalize([[3.0, 4.0]])
    array([[0.6, 0.8]])
    """
    array = np.atleast_1d(x if isinstance(x, Value) else as_array(x, "normalize: x"))
    length = np.linalg.norm(array, order, axis, keepdims=True)
    return array / np.where(length == 0, 1, length)
