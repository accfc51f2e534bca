"""What `keras.ops` picks out of arrays, counts and puts in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.core.plain import raw
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.ops.calling import numpy_operation, operation, tensor, tensors
from tinygrad_gates.keras.symbolic import KerasTensor


@numpy_operation
def get_item(x: Any, key: Any) -> Any:
    """Return x[key]."""
    return tensor(x)[key]


@operation
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return the parts of x at places along an axis; of all numbers by default.

    Negative places count from the end.

    >>> take([1.0, 2.0, 3.0], [2, 0])
    Value(data=[3., 1.])
    """
    return np.take(tensor(x), _places(indices), axis=axis)


@operation
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return numbers of x at places along an axis, a place for each number of the result.

    >>> take_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1], [0]], axis=1)
    Value(data=[[2.],
                [3.]])
    """
    return np.take_along_axis(tensor(x), _places(indices), axis=axis)


def _places(indices: Any) -> Any:
    places = np.asarray(raw(indices))
    return places if places.dtype.kind in "iub" else places.astype(np.int64)


@operation
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Return numbers of the choice whose condition is the first to hold at a place."""
    choices = [tensor(x) for x in tensors(*choicelist)]
    return np.select([np.asarray(raw(item)) for item in condlist], choices, default)


@operation
def argsort(x: Any, axis: int | None = -1) -> Any:
    """Return the places of numbers in their order along an axis, as int32.

    >>> argsort([3.0, 1.0, 2.0])
    Value(data=[1, 2, 0])
    """
    return np.argsort(raw(tensor(x)), axis=axis, kind="stable").astype(np.int32)


@operation
def argpartition(x: Any, kth: int, axis: int | None = -1) -> Any:
    """Return places such that smaller numbers than the kth come before it, as int32."""
    return np.argpartition(raw(tensor(x)), kth, axis).astype(np.int32)


@operation
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Return where numbers belong among others that are in order, as int32.

    >>> searchsorted([1.0, 2.0, 3.0], [2.5])
    Value(data=[2])
    """
    one, other = raw(tensor(sorted_sequence)), raw(tensor(values))
    return np.searchsorted(one, other, side).astype(np.int32)  # type: ignore[call-overload]


@operation
def digitize(x: Any, bins: Any) -> Any:
    """Return in which of some bins numbers are, as int32; bins are given by their bounds.

    >>> digitize([0.5, 1.5, 9.0], [1.0, 2.0])
    Value(data=[0, 1, 2])
    """
    return np.digitize(raw(tensor(x)), raw(tensor(bins))).astype(np.int32)


@operation
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Return whether numbers are among others."""
    return np.isin(raw(tensor(x1)), raw(tensor(x2)), assume_unique=assume_unique, invert=invert)


@operation
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """Return how often each integer from 0 occurs, or the sums of the weights.

    Args:
        x: integers, of shape (n,), or (samples, n) for counts of each sample.
        weights: of the shape of x.
        minlength: the least number of counts.
        sparse: not supported.

    >>> bincount([0, 2, 2])
    Value(data=[1, 0, 2])
    """
    if sparse:
        raise ValueError("bincount: sparse=True is not supported.")
    numbers = np.asarray(raw(tensor(x)))
    length = max(int(numbers.max(initial=-1)) + 1, minlength)
    rows = (numbers[..., None] == np.arange(length)).astype(np.int32)
    if weights is None:
        return rows.sum(axis=-2, dtype=np.int32)
    weights = tensor(weights)
    return (rows.astype(weights.dtype) * np.expand_dims(weights, -1)).sum(axis=-2)


@operation
def histogram(x: Any, bins: int = 10, range: Any = None) -> Any:
    """Return how many numbers are in each of some bins of equal width, and their bounds.

    >>> histogram([0.0, 1.0, 4.0], 2)[0]
    Value(data=[2, 1])
    """
    counts, bounds = np.histogram(raw(tensor(x)), bins, range)
    return counts.astype(np.int32), bounds.astype(floatx())


@operation
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the different numbers, in order, and where and how often they occur, on wish.

    Args:
        x: numbers.
        sorted: taken for Keras's sake: they are.
        return_index: whether the place of the first of each is returned.
        return_inverse: whether it is returned which of them each number is.
        return_counts: whether it is returned how often each occurs.
        axis: along which parts are compared; by default, numbers are.
        size: how many are returned, cut or filled up.
        fill_value: what fills up: the first by default.

    >>> unique([3, 1, 3], return_counts=True)
    (Value(data=[1, 3]), Value(data=[1, 2]))
    """
    found: Any = np.unique(  # type: ignore[call-overload]
        raw(tensor(x)), return_index, return_inverse, return_counts, axis=axis
    )
    parts = list(found) if isinstance(found, tuple) else [found]
    parts[1:] = [part.astype(np.int32) for part in parts[1:]]
    if size is not None:
        parts[0] = _sized(parts[0], size, 0 if axis is None else axis, fill_value)
    return tuple(parts) if len(parts) > 1 else parts[0]


def _sized(numbers: Any, size: int, axis: int, fill_value: Any) -> Any:
    numbers = np.take(numbers, np.arange(min(size, numbers.shape[axis])), axis)
    widths = [(0, 0)] * numbers.ndim
    widths[axis] = (0, size - numbers.shape[axis])
    fill = numbers.min(initial=0) if fill_value is None else fill_value
    return np.pad(numbers, widths, constant_values=fill)


@operation
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """Return the places along each axis of a shape, for places in the flat array."""
    places = np.unravel_index(np.asarray(raw(tensor(indices))), tuple(shape))
    return tuple(np.asarray(place, np.int32) for place in places)


@operation
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return powers of each number as a row, the highest first unless `increasing`."""
    x = tensor(x)
    powers = np.arange(x.shape[0] if N is None else N)
    return x[:, None] ** (powers if increasing else powers[::-1]).astype(x.dtype)


# ------------------------------------------------------------------------ products


@numpy_operation
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Return products of arrays, summed as subscripts say: see `np.einsum`.

    >>> einsum("ij,j->i", [[1.0, 2.0]], [3.0, 4.0])
    Value(data=[11.])
    """
    return np.einsum(subscripts, *_together(*operands), **kwargs)


def _product(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x1: Any, x2: Any) -> Any:
        return function(*_together(x1, x2))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `np.{name}`."
    return numpy_operation(called)


def _together(*operands: Any) -> list[Any]:
    return [x if isinstance(x, (Value, KerasTensor)) else np.asarray(x) for x in tensors(*operands)]


@numpy_operation
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return the sums of products over axes of both arrays: see `np.tensordot`."""
    x1, x2 = _together(x1, x2)
    return np.tensordot(x1, x2, axes=axes)


@numpy_operation
def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Return the vectors that are perpendicular to each two: see `np.cross`."""
    axes = {"axisa": axisa, "axisb": axisb, "axisc": axisc}
    return np.cross(*_together(x1, x2), **(axes if axis is None else {"axis": axis}))


@operation
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """Return the products of x2 with what it covers of x1 while it slides, summed.

    Args:
        x1: of shape (n,).
        x2: of shape (m,).
        mode: "valid" where both overlap wholly, "same" for the longer length, "full" for all.

    Raises:
        ValueError: for another mode.

    >>> correlate([1.0, 2.0, 3.0], [0.0, 1.0])
    Value(data=[2., 3.])
    """
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"correlate: mode={mode!r} has to be 'valid', 'same' or 'full'.")
    x1, x2 = _together(*tensors(x1, x2, floating=True))
    n, m = x1.shape[0], x2.shape[0]
    padded = np.pad(x1, (m - 1, m - 1))
    whole = padded[np.arange(n + m - 1)[:, None] + np.arange(m)] @ x2
    if mode == "full":
        return whole
    if mode == "same":
        start = (min(n, m) - (n >= m)) // 2
        return whole[start : start + max(n, m)]
    return whole[min(n, m) - 1 : max(n, m)]


@operation
def corrcoef(x: Any) -> Any:
    """Return the correlation of each two rows."""
    x = np.atleast_2d(tensor(x, floating=True))
    x = x - x.mean(axis=1, keepdims=True)
    length = np.sqrt((x * x).sum(axis=1, keepdims=True))
    return (x @ x.T) / (length * length.T) if x.shape[0] > 1 else np.ones((), x.dtype)


@numpy_operation
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return the differences of neighbours along an axis, n times."""
    return np.diff(tensor(a), n, axis)


@numpy_operation
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Return the area below numbers along an axis, joined by straight lines."""
    y = tensor(y, floating=True)
    return np.trapezoid(y, None if x is None else tensor(x), dx, axis)


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: Any = None) -> Any:
    """Return a function that calls another for each number: see `np.vectorize`."""
    return np.vectorize(pyfunc, excluded=excluded, signature=signature)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: _product(name) for name in ("dot", "inner", "kron", "matmul", "outer", "vdot")
}
"""The functions of the tables, by name."""
