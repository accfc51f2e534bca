"""What `keras.ops` does with the shape of arrays: making, joining, parting, turning them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.dtypes import result_type, standardize_dtype
from tinygrad_gates.keras.ops.calling import (
    cast,
    numpy_operation,
    operation,
    returned,
    tensor,
    tensors,
)

# ------------------------------------------------------------------------ making


def _shape(shape: Any) -> tuple[int, ...]:
    lengths = shape if isinstance(shape, (list, tuple, np.ndarray, Value)) else [shape]
    return tuple(operator.index(length) for length in lengths)


def zeros(shape: Any, dtype: Any = None) -> Any:
    """Return zeros of a shape, an integer or several; float32 by default.

    >>> zeros((2,))
    Value(data=[0., 0.])
    """
    return full(shape, 0, dtype)


def ones(shape: Any, dtype: Any = None) -> Any:
    """Return ones of a shape, an integer or several; float32 by default.

    >>> ones(2, "int32")
    Value(data=[1, 1])
    """
    return full(shape, 1, dtype)


empty = zeros


@operation
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return one number, or what broadcasts, at every place of a shape; float32 by default.

    >>> full((2,), 3)
    Value(data=[3., 3.])
    """
    return np.broadcast_to(cast(tensor(fill_value), standardize_dtype(dtype)), _shape(shape))


@operation
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return one number at every place of the shape of x, in its dtype by default.

    >>> full_like([1.0, 2.0], 3)
    Value(data=[3., 3.])
    """
    x = tensor(x)
    return np.broadcast_to(cast(tensor(fill_value), dtype or x.dtype), x.shape)


@operation
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Return zeros of the shape of x, in its dtype by default."""
    return full_like(x, 0, dtype)


@operation
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Return ones of the shape of x, in its dtype by default."""
    return full_like(x, 1, dtype)


empty_like = zeros_like


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Return ones on a diagonal, zeros elsewhere.

    >>> eye(2)
    Value(data=[[1., 0.],
                [0., 1.]])
    """
    return returned(np.eye(N, M, k, standardize_dtype(dtype)))


def identity(n: int, dtype: Any = None) -> Any:
    """Return ones on the diagonal of a square, zeros elsewhere."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Return ones on a diagonal and below it, zeros elsewhere."""
    return returned(np.tri(N, M, k, standardize_dtype(dtype)))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Return numbers from a start up to, and without, a stop; int32 for integers.

    >>> arange(3)
    Value(data=[0, 1, 2])
    """
    start, stop = (0, start) if stop is None else (start, stop)
    step = 1 if step is None else step
    given = [x if type(x) in (int, float) else tensor(x).dtype for x in (start, stop, step)]
    dtype = dtype or result_type(*(type(x) if type(x) in (int, float) else x for x in given))
    start, stop, step = (np.asarray(x)[()] for x in (start, stop, step))
    return returned(np.arange(start, stop, step, dtype=dtype))


def _spread(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(
        start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None,
        axis: int = 0, **options: Any,
    ) -> Any:  # fmt: skip
        dtype = standardize_dtype(dtype)
        ends = (np.asarray(tensor(x)) for x in (start, stop))
        return returned(function(*ends, num, endpoint, dtype=dtype, axis=axis, **options))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `np.{name}`, of float32 by default."
    return called


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
    dtype: Any = None, axis: int = 0,
) -> Any:  # fmt: skip
    """Return numbers at equal distances from a start to a stop; of float32 by default.

    Args:
        start: the first number, or an array.
        stop: the last number, or an array.
        num: how many.
        endpoint: whether the stop is among them.
        retstep: whether the distance is returned, too.
        dtype: of the numbers.
        axis: along which they lie.

    >>> linspace(0, 1, 3)
    Value(data=[0. , 0.5, 1. ])
    """
    start, stop = tensors(start, stop, floating=True)
    parts = max(num - 1 if endpoint else num, 1)
    shares = np.arange(num).reshape((-1,) + (1,) * max(np.ndim(start), np.ndim(stop)))
    step = (stop - start) / parts
    line = np.moveaxis(start + step * shares.astype(floatx()), 0, axis)
    line = cast(line, standardize_dtype(dtype)) if dtype else line
    return returned((line, step) if retstep else line)


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10,
    dtype: Any = None, axis: int = 0,
) -> Any:  # fmt: skip
    """Return powers of a base, at equal distances of exponents; arguments as for `linspace`.

    >>> logspace(0, 2, 3)
    Value(data=[  1.,  10., 100.])
    """
    powers = base ** linspace(start, stop, num, endpoint, axis=axis)
    return cast(powers, standardize_dtype(dtype)) if dtype else powers


geomspace = _spread("geomspace")


def _window(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: int, *shape: float) -> Any:
        return returned(function(int(x), *shape).astype(floatx()))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `np.{name}`, a window of x numbers."
    return called


# ------------------------------------------------------------------------ one array to one

# By name: NumPy's function, and the names of what it takes besides x, with Keras's defaults.
TURNING: dict[str, dict[str, Any]] = {
    "broadcast_to": {"shape": ...},
    "diag": {"k": 0},
    "diagflat": {"k": 0},
    "diagonal": {"offset": 0, "axis1": 0, "axis2": 1},
    "expand_dims": {"axis": ...},
    "flip": {"axis": None},
    "fliplr": {},
    "flipud": {},
    "moveaxis": {"source": ..., "destination": ...},
    "ravel": {},
    "repeat": {"repeats": ..., "axis": None},
    "roll": {"shift": ..., "axis": None},
    "sort": {"axis": -1},
    "squeeze": {"axis": None},
    "swapaxes": {"axis1": ..., "axis2": ...},
    "tile": {"repeats": ...},
    "trace": {"offset": 0, "axis1": 0, "axis2": 1},
    "transpose": {"axes": None},
    "tril": {"k": 0},
    "triu": {"k": 0},
    "array_split": {"indices_or_sections": ..., "axis": 0},
    "dsplit": {"indices_or_sections": ...},
    "hsplit": {"indices_or_sections": ...},
    "split": {"indices_or_sections": ..., "axis": 0},
    "vsplit": {"indices_or_sections": ...},
}


def _turning(name: str, taken: dict[str, Any]) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: Any, *args: Any, **kwargs: Any) -> Any:
        named = dict(zip(taken, args, strict=False), **kwargs)
        missing = [key for key, default in taken.items() if default is ... and key not in named]
        if missing or len(args) > len(taken) or not named.keys() <= taken.keys():
            what = ", ".join(["x", *taken])
            raise TypeError(f"{name}: takes ({what}), not {len(args)} more and {[*kwargs]}.")
        return function(tensor(x), *(named.get(key, taken[key]) for key in taken))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `np.{name}`."
    return numpy_operation(called)


@numpy_operation
def reshape(x: Any, newshape: Any) -> Any:
    """Return the same numbers in another shape; -1 stands for the length that is left.

    >>> reshape([1, 2, 3, 4], (2, -1))
    Value(data=[[1, 2],
                [3, 4]])
    """
    return np.reshape(tensor(x), _shape(newshape))


@numpy_operation
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """Return x with numbers put around it, as `np.pad` does.

    Raises `ValueError` for `constant_values` with another mode.

    >>> pad([1.0], 1)
    Value(data=[0., 1., 0.])
    """
    if mode != "constant":
        if constant_values is not None:
            raise ValueError(f"pad: mode={mode!r} takes no constant_values.")
        return np.pad(tensor(x), pad_width, mode)  # type: ignore[call-overload]
    return np.pad(tensor(x), pad_width, constant_values=constant_values or 0)


@numpy_operation
def rot90(array: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """Return an array turned by k quarters in the plane of two axes."""
    return np.rot90(tensor(array), k, tuple(axes))  # type: ignore[arg-type]


@operation
def copy(x: Any) -> Any:
    """Return the same numbers as an array of their own."""
    return np.copy(tensor(x))


# ------------------------------------------------------------------------ several arrays


@numpy_operation
def concatenate(xs: Sequence[Any], axis: int | None = 0) -> Any:
    """Return arrays one after the other, along an axis.

    >>> concatenate([[1.0], [2.0, 3.0]])
    Value(data=[1., 2., 3.])
    """
    return np.concatenate(_alike(xs), axis=axis)


@numpy_operation
def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays of one shape along a new axis.

    >>> stack([1.0, 2.0])
    Value(data=[1., 2.])
    """
    return np.stack(_alike(x), axis=axis)


def _stacking(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(xs: Sequence[Any]) -> Any:
        return function(_alike(xs))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `np.{name}`."
    return numpy_operation(called)


def _alike(xs: Sequence[Any]) -> list[Any]:
    items = tensors(*xs)
    return [tensor(x) for x in items]


@numpy_operation
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """Return the numbers of x2 after those of x1: flat, or along an axis."""
    x1, x2 = _alike([x1, x2])
    return np.append(x1, x2, axis=axis)


@operation
def meshgrid(*x: Any, indexing: str = "xy") -> list[Any]:
    """Return the coordinates of all places of a grid, an array for each axis."""
    return list(np.meshgrid(*map(tensor, x), indexing=indexing))  # type: ignore[call-overload]


def size(x: Any) -> Any:
    """Return how many numbers there are.

    >>> size([[1, 2]])
    2
    """
    return math.prod(np.shape(x) if not hasattr(x, "shape") else x.shape)


def ndim(x: Any) -> int:
    """Return how many axes there are.

    >>> ndim([[1, 2]])
    2
    """
    return len(np.shape(x) if not hasattr(x, "shape") else x.shape)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _turning(name, taken) for name, taken in TURNING.items()},
    **{name: _stacking(name) for name in ("dstack", "hstack", "vstack")},
    **{name: _window(name) for name in ("bartlett", "blackman", "hamming", "hanning", "kaiser")},
}
"""The functions of the tables, by name."""
