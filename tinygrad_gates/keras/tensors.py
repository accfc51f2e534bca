"""Turning what a user gives into arrays and Values that layers and losses compute with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import DtypeError

FLOAT32 = np.dtype(np.float32)


def as_array(data: Any, what: str, dtype: np.dtype[Any] | None = None) -> np.ndarray[Any, Any]:
    """Return numbers as an array, of `dtype` where one is given.

    Args:
        data: an array, nested lists of numbers, a constant Value, or what `np.asarray` takes.
        what: what messages call the data.

    Raises:
        DtypeError: for text, objects, complex numbers and lists of unequal lengths.

    >>> as_array([[0, 1]], "x", FLOAT32)
    array([[0., 1.]], dtype=float32)
    """
    array = data if type(data) is np.ndarray else _converted(data, what)
    if array.dtype.kind not in "fiub":
        raise _not_real(array, what)
    return array if dtype is None else array.astype(dtype, copy=False)


def _converted(data: Any, what: str) -> np.ndarray[Any, Any]:
    data = data._data if isinstance(data, Value) else data
    if isinstance(data, Traced):
        traced: Any = data
        return traced
    try:
        return np.asarray(data)
    except ValueError:
        raise DtypeError(
            f"{what}: the nested lists have unequal lengths, so they make no array. Give every "
            f"sample the same number of values."
        ) from None


def _not_real(array: np.ndarray[Any, Any], what: str) -> DtypeError:
    if array.dtype.kind == "c":
        return DtypeError(f"{what}: real numbers are needed, got dtype {array.dtype}.")
    message = f"{what}: numbers are needed, got dtype {array.dtype}"
    items = array.ravel().tolist()
    others = [item for item in items if not isinstance(item, (int, float))]
    if items and not others:
        return DtypeError(
            f"{message}, of numbers all the same. Convert it, as with x.astype('float32')."
        )
    found = f", with {others[0]!r} in it" if others else ""
    return DtypeError(
        f"{message}{found}. Encode text and categories as numbers first, such as 0 and 1."
    )


def as_value(data: Any, dtype: np.dtype[Any], what: str) -> Value:
    """Return data as a Value of a dtype: a Value stays in its graph, an array is a constant.

    >>> as_value([1, 2], FLOAT32, "x")
    Value(data=[1., 2.])
    """
    if not isinstance(data, Value):
        return constant(as_array(data, what, dtype))
    if data._data.dtype == dtype:
        return data
    if data.is_constant:
        converted = constant(data._data.astype(dtype))
        if data.label:
            converted.label = data.label
        return converted
    cast: Value = data.astype(dtype)
    return cast


def as_number(item: Any) -> Any:
    """Return a number, such as a Value or an array without axes, as a Python float; else as it is.

    >>> as_number(Value(2.0)), as_number("two")
    (2.0, 'two')
    """
    if isinstance(item, Value):
        item = item._data
    single = isinstance(item, (float, np.generic, np.ndarray, int)) and np.ndim(item) == 0
    return float(item) if single else item


def noise_shape_of(
    what: str, noise_shape: Sequence[int | None] | None, shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the shape of what is drawn for an array: its own, where none or None is asked for.

    Raises `ValueError` for another number of axes.

    >>> noise_shape_of("dropout", (None, 1), (4, 3))
    (4, 1)
    """
    if noise_shape is None:
        return shape
    if len(noise_shape) != len(shape):
        raise ValueError(
            f"{what}: noise_shape={tuple(noise_shape)} has {len(noise_shape)} axes, and the input "
            f"has shape {shape}."
        )
    given = zip(noise_shape, shape, strict=True)
    return tuple(length if wanted is None else wanted for wanted, length in given)
