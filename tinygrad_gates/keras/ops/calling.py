"""How `keras.ops` takes what it is given, and what it gives back.

A function is written for Values and arrays, once. Around it, `operation` lets numbers and lists
take their dtypes as everywhere in Keras, places make a step of a model, and arrays of results
become Values; booleans stay arrays, as those that comparisons of Values make.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import symbolic
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.dtypes import result_type, standardize_dtype
from tinygrad_gates.keras.symbolic import KerasTensor

Function = TypeVar("Function", bound=Callable[..., Any])

_TENSORS = (Value, KerasTensor, Traced, np.ndarray, np.generic)
_PLAIN = (bool, int, float)


def operation(function: Function) -> Function:
    """Make a function one of `keras.ops`, as a decorator: a step of its own in a model."""
    signature = inspect.signature(function)

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if symbolic.is_symbolic(args, kwargs):
            if any(map(callable, args)):  # what is no number goes by its name
                args, kwargs = (), dict(signature.bind(*args, **kwargs).arguments)
            return symbolic.operation(called, *args, **kwargs)  # type: ignore[misc]
        return returned(function(*args, **kwargs))

    return called  # type: ignore[return-value]


def numpy_operation(function: Function) -> Function:
    """Do the same for a function that hands places on to NumPy's, which make the step."""

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return returned(function(*args, **kwargs))

    return called  # type: ignore[return-value]


def returned(result: Any) -> Any:
    """Return results with Values for arrays of numbers, nested as they are."""
    return trees.transform(_as_result, result)


def _as_result(item: Any) -> Any:
    numeric = isinstance(item, (np.ndarray, np.generic, Traced)) and item.dtype.kind in "fiu"
    return constant(item) if numeric else item


def tensor(x: Any, floating: bool = False) -> Any:
    """Return numbers as a Value or an array, of float32 and int32 where they were Python's.

    Args:
        x: a Value, a place, an array, a number, or nested lists of numbers, or of Values.
        floating: whether integers become floats, as for a logarithm.
    """
    if isinstance(x, (list, tuple)) and any(isinstance(part, Value) for part in trees.leaves(x)):
        x = np.stack([tensor(part) for part in tensors(*x)])
    elif not isinstance(x, _TENSORS):
        x = np.asarray(x)
        if x.dtype in (np.float64, np.int64):
            x = x.astype(standardize_dtype(float if x.dtype.kind == "f" else int))
    if floating and x.dtype.kind != "f" and not isinstance(x, KerasTensor):
        return x.astype(floatx())
    return x


def tensors(*operands: Any, floating: bool = False) -> list[Any]:
    """Return several as arrays, or Values, of the one dtype that they have together in Keras."""
    items = [x if type(x) in _PLAIN else tensor(x) for x in operands]
    if any(isinstance(x, KerasTensor) for x in items):
        return items
    dtypes = [type(x) if type(x) in _PLAIN else x.dtype for x in items]
    dtype = result_type(*dtypes)
    if floating and np.dtype(dtype).kind != "f":
        dtype = floatx()
    return [cast(x, dtype) for x in items]


def over(axis: Any) -> Any:
    """Return axes as NumPy takes them, given as a list or otherwise."""
    return tuple(axis) if isinstance(axis, list) else axis


def cast(x: Any, dtype: Any) -> Any:
    """Return x, itself where it has that dtype."""
    if not isinstance(x, _TENSORS):
        return np.asarray(x, dtype)
    return x if x.dtype == dtype else x.astype(dtype)
