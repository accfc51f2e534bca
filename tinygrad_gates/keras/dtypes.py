"""Keras's rules for dtypes: their names, and what two of them make together."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.keras.config import floatx

_PYTHON = {bool: "bool", int: "int32", float: "float32", "int": "int32"}


def standardize_dtype(dtype: Any) -> str:
    """Return the name of a dtype; None means `floatx()`.

    Raises `ValueError` for what is no dtype of numbers.

    >>> standardize_dtype(np.float64), standardize_dtype(int), standardize_dtype(None)
    ('float64', 'int32', 'float32')
    """
    if dtype is None:
        return floatx()
    if isinstance(dtype, (str, type)) and dtype in _PYTHON:
        return _PYTHON[dtype]
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found.kind not in "fiub":
        raise ValueError(f"Invalid dtype: {dtype!r} is no dtype of real numbers, as 'float32' is.")
    return found.name


def is_float_dtype(dtype: Any) -> bool:
    """Return whether a dtype is of floats.

    >>> is_float_dtype("float32"), is_float_dtype("int32")
    (True, False)
    """
    return np.dtype(standardize_dtype(dtype)).kind == "f"


def is_int_dtype(dtype: Any) -> bool:
    """Return whether a dtype is of integers; booleans are none.

    >>> is_int_dtype("uint8"), is_int_dtype("bool")
    (True, False)
    """
    return np.dtype(standardize_dtype(dtype)).kind in "iu"


def result_type(*dtypes: Any) -> str:
    """Return the dtype that numbers of several dtypes become together.

    Integers do not widen floats, as they do in NumPy. Python's `int` and `float` stand for plain
    numbers, which take the dtype that they meet.

    >>> result_type("int32", "float32"), result_type("float32", float), result_type("int8", float)
    ('float32', 'float32', 'float32')
    """
    strong = {np.dtype(standardize_dtype(d)) for d in dtypes if d is not int and d is not float}
    floats = [dtype for dtype in strong if dtype.kind == "f"]
    if floats:
        return np.result_type(*floats).name
    if not dtypes or float in dtypes:
        return floatx()
    together = np.result_type(*strong) if strong else np.dtype(bool)
    if together.kind == "b" and int in dtypes:
        return _PYTHON[int]
    # No integer holds both uint64 and negative numbers.
    return floatx() if together.kind == "f" else together.name
