"""Rows that reduce or accumulate along axes: sums, products, extrema.

The front doors take NumPy's arguments and normalise the axes; the rows below them get `axis`
as a tuple of non-negative integers and keep the reduced axes, so that a rule broadcasts its
cotangent back by itself.
"""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from tinygrad_gates.core import Value
from tinygrad_gates.core.primitive import answers, example, primitive
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.errors import ShapeError

Axis = int | tuple[int, ...] | None

EXAMPLES = [
    example((), axis=()),
    example((4,), axis=(0,)),
    example((3, 4), axis=(0, 1)),
    example((3, 4), axis=(1,)),
    example((2, 3, 4), axis=(0, 2)),
]
EMPTY = [example((0,), axis=(0,)), example((2, 0), axis=(1,)), example((2, 0), axis=(0,))]


def axes(axis: Axis, ndim: int, function: str) -> tuple[int, ...]:
    """Return an axis argument as a tuple of non-negative axes; None means all.

    Raises `ShapeError` if an axis does not exist or is named twice.
    """
    if axis is None:
        return tuple(range(ndim))
    named = axis if isinstance(axis, tuple) else (axis,)
    result = tuple(index(a) + ndim if a < 0 else index(a) for a in named)
    if any(not 0 <= a < ndim for a in result) or len(set(result)) != len(result):
        raise ShapeError(f"{function}: axis={axis} does not fit an array of {ndim} dimensions")
    return result


def _ndim(a: Any) -> int:
    # np.ndim(value) finds its way here through NumPy's dispatch, which costs more than the sum
    return a.ndim if isinstance(a, Value) else np.ndim(a)


def drop(y: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Remove reduced axes that a row has kept, if they are not wanted."""
    return y if keepdims or not axis else np.squeeze(y, axis)


# ------------------------------------------------------------------------ sums

_sum = primitive(
    "sum",
    lambda x, *, axis, keepdims: np.add.reduce(x, axis=axis, keepdims=keepdims),
    lambda g, y, x, *, axis, keepdims: spread(g, x, axis, keepdims),
    doc="The sum of the elements over axes.",
    symbol="Σ",
    examples=[
        example(*e.shapes, axis=e.params["axis"], keepdims=keepdims)
        for e in EXAMPLES + EMPTY
        for keepdims in (False, True)
    ],
)


def spread(g: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Give a cotangent of a reduction the operand's shape."""
    if not keepdims and 0 < len(axis) < x.ndim:
        g = g.reshape([1 if i in axis else n for i, n in enumerate(x.shape)])
    if isinstance(g, (Value, Traced)):
        return np.broadcast_to(g, x.shape)
    full = np.empty(x.shape, g.dtype)
    full[...] = g
    return full


@answers(np.sum, method="sum", reduction=np.add)
def sum(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Sum over axes.

    >>> from tinygrad_gates import Value
    >>> sum(Value([[1.0, 2.0], [3.0, 4.0]]), axis=0).data
    array([4., 6.])
    """
    return _sum(a, axis=axes(axis, _ndim(a), "sum"), keepdims=keepdims)


def _count(x: Any, y: Any) -> int:
    """Return how many elements a reduction of x to y takes together."""
    return x.size // y.size if y.size else 0


def _mean_forward(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    total = np.add.reduce(x, axis=axis, keepdims=keepdims)  # type: ignore[call-overload]
    # a NumPy scalar, not Python's: an empty mean is NaN with a warning, not a ZeroDivisionError
    return total / total.dtype.type(_count(x, total))


def _floating(x: Any) -> Any:
    return x.dtype if x.dtype.kind == "f" else np.float64


_mean = primitive(
    "mean",
    _mean_forward,
    lambda g, y, x, *, axis, keepdims: spread(g / _count(x, y), x, axis, keepdims),
    doc="The arithmetic mean of the elements over axes.",
    examples=[
        example(*e.shapes, axis=e.params["axis"], keepdims=keepdims)
        for e in EXAMPLES
        for keepdims in (False, True)
    ],
)


@answers(np.mean, method="mean")
def mean(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the arithmetic mean over axes.

    >>> from tinygrad_gates import Value
    >>> mean(Value([1.0, 2.0, 6.0])).item()
    3.0
    """
    return _mean(a, axis=axes(axis, _ndim(a), "mean"), keepdims=keepdims)


def divisor(a: Any, axis: Axis, ddof: float) -> Any:
    """Return the count of elements reduced together, less `ddof`, as a float of a's dtype."""
    shape = np.shape(a)
    size = math.prod(shape[i] for i in axes(axis, len(shape), "var")) - ddof
    return np.float64(size).astype(_floating(a))


@answers(np.average)
def average(a: Any, axis: Axis = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    """Return the weighted mean over axes; `weights` broadcast, or are 1-D along one axis."""
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    if np.ndim(weights) == 1 and np.ndim(a) > 1 and axis is not None:
        (along,) = axes(axis, np.ndim(a), "average")
        weights = np.reshape(weights, [-1 if i == along else 1 for i in range(np.ndim(a))])
    elif np.shape(weights) != np.shape(a):
        raise ShapeError(f"average: weights {np.shape(weights)} do not fit data {np.shape(a)}")
    total = np.broadcast_to(weights, np.shape(a))
    return sum(a * weights, axis, keepdims=keepdims) / sum(total, axis, keepdims=keepdims)


@answers(np.var, method="var")
def var(a: Any, axis: Axis = None, ddof: float = 0, *, keepdims: bool = False) -> Any:
    """Return the variance over axes, with `count - ddof` as the divisor."""
    deviation = a - mean(a, axis, keepdims=True)
    return sum(np.square(deviation), axis, keepdims=keepdims) / divisor(a, axis, ddof)


# ------------------------------------------------------------------------ products


def _prod_slope(g: Any, y: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
    # The product of all the other elements, without a division: right where elements are 0.
    before, after = _others(flat_last(x, axis))
    return g * _unflat_last(before * after, np.shape(x), axis)


def flat_last(x: Any, axis: tuple[int, ...]) -> Any:
    """Bring the axes to the end and join them into one."""
    kept = [i for i in range(np.ndim(x)) if i not in axis]
    shape = np.shape(x)
    size = int(np.prod([shape[i] for i in axis], dtype=int))
    return np.transpose(x, (*kept, *axis)).reshape([shape[i] for i in kept] + [size])


def _unflat_last(x: Any, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
    """Undo `flat_last`."""
    order = [i for i in range(len(shape)) if i not in axis] + list(axis)
    return np.transpose(x.reshape([shape[i] for i in order]), np.argsort(order))


def _others(x: Any) -> tuple[Any, Any]:
    """Return the products of the elements before, and after, each one along the last axis."""
    one = np.ones((*np.shape(x)[:-1], 1), np.result_type(x))
    before = np.cumprod(np.concatenate([one, x[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, x[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return (before, after) if np.shape(x)[-1] else (x, x)


_prod = primitive(
    "prod",
    lambda x, *, axis: np.multiply.reduce(x, axis=axis, keepdims=True),
    _prod_slope,
    doc="The product of the elements over axes.",
    symbol="Π",
    examples=EXAMPLES[1:] + EMPTY,
)


@answers(np.prod, method="prod", reduction=np.multiply)
def prod(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Multiply over axes; the gradient is right where elements are zero.

    >>> from tinygrad_gates import Value
    >>> x = Value([2.0, 0.0, 5.0])
    >>> prod(x).backward()
    >>> x.grad
    array([ 0., 10.,  0.])
    """
    reduced = axes(axis, np.ndim(a), "prod")
    return drop(_prod(a, axis=reduced), reduced, keepdims) if reduced else a * 1


# ------------------------------------------------------------------------ extrema


def _share(g: Any, y: Any, x: Any, *, axis: tuple[int, ...]) -> Any:
    tied = (x == y) | np.isnan(x)
    count = np.add.reduce(tied.astype(g.dtype), axis=axis, keepdims=True)
    return np.where(tied, g / count, 0)


_max = primitive(
    "max",
    lambda x, *, axis: np.maximum.reduce(x, axis=axis, keepdims=True),
    _share,
    doc="The largest element over axes.",
    examples=[*EXAMPLES[1:], example((2, 0), axis=(0,))],
    at_kink="ties share the cotangent equally",
)
_min = primitive(
    "min",
    lambda x, *, axis: np.minimum.reduce(x, axis=axis, keepdims=True),
    _share,
    doc="The smallest element over axes.",
    examples=[*EXAMPLES[1:], example((2, 0), axis=(0,))],
    at_kink="ties share the cotangent equally",
)


@answers(np.max, np.amax, method="max", reduction=np.maximum)
def max(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the largest element over axes; equal ones share the cotangent."""
    reduced = axes(axis, np.ndim(a), "max")
    return drop(_max(a, axis=reduced), reduced, keepdims) if reduced else a * 1


@answers(np.min, np.amin, method="min", reduction=np.minimum)
def min(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the smallest element over axes; equal ones share the cotangent."""
    reduced = axes(axis, np.ndim(a), "min")
    return drop(_min(a, axis=reduced), reduced, keepdims) if reduced else a * 1


@answers(np.ptp)
def ptp(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the largest minus the smallest element over axes."""
    return max(a, axis, keepdims=keepdims) - min(a, axis, keepdims=keepdims)


@answers(np.median)
def median(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the middle element over axes, or the mean of the two in the middle.

    A NaN among the elements makes the result NaN, as in NumPy.
    """
    reduced = axes(axis, np.ndim(a), "median")
    x = np.sort(flat_last(a, reduced), axis=-1)
    size = np.shape(x)[-1]
    if not size:
        raise ShapeError(f"median: there is no element along axis={axis} of {np.shape(a)}")
    middle = 0.5 * (x[..., (size - 1) // 2] + x[..., size // 2])
    middle = np.where(np.isnan(x[..., -1]), x[..., -1], middle)  # NaN sorts last
    return np.expand_dims(middle, reduced) if keepdims else middle


# ------------------------------------------------------------------------ accumulation

_cumsum = primitive(
    "cumsum",
    lambda x, *, axis: np.cumsum(x, axis=axis),
    lambda g, y, x, *, axis: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis),
    doc="The running sum along an axis.",
    examples=[example((4,), axis=0), example((2, 3), axis=1), example((0,), axis=0)],
)


def _cumprod_slope(g: Any, y: Any, x: Any, *, axis: int) -> Any:
    # y_k = x_0 ... x_k, so dy_k/dx_i, for i <= k, is the product of the others up to k: row i
    # of a triangle of products with x_i replaced by 1. Quadratic, but right at zeros.
    x, g = np.moveaxis(x, axis, -1), np.moveaxis(g, axis, -1)
    size = np.shape(x)[-1]
    without = np.where(np.eye(size, dtype=bool), 1, np.expand_dims(x, -2))
    slopes = np.triu(np.cumprod(without, axis=-1))
    return np.moveaxis((slopes * np.expand_dims(g, -2)).sum(axis=-1), -1, axis)


_cumprod = primitive(
    "cumprod",
    lambda x, *, axis: np.cumprod(x, axis=axis),
    _cumprod_slope,
    doc="The running product along an axis.",
    examples=[example((4,), axis=0), example((2, 3), axis=1), example((0,), axis=0)],
)


@answers(np.cumsum, method="cumsum")
def cumsum(a: Any, axis: int | None = None) -> Any:
    """Return the running sum along an axis, or of the flattened array."""
    a, along = _along(a, axis, "cumsum")
    return _cumsum(a, axis=along)


@answers(np.cumprod, method="cumprod")
def cumprod(a: Any, axis: int | None = None) -> Any:
    """Return the running product along an axis, or of the flattened array."""
    a, along = _along(a, axis, "cumprod")
    return _cumprod(a, axis=along)


def _along(a: Any, axis: int | None, function: str) -> tuple[Any, int]:
    if axis is None:
        return np.ravel(a), 0
    return a, axes(axis, np.ndim(a), function)[0]


@answers(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Return the n-th difference of neighbours along an axis."""
    if n < 0:
        raise ValueError(f"diff: n has to be 0 or more, got {n}")
    (along,) = axes(axis, np.ndim(a), "diff")
    a = _extended(a, along, prepend, append)
    for _ in range(n):
        ahead = (slice(None),) * along
        a = a[(*ahead, slice(1, None))] - a[(*ahead, slice(None, -1))]
    return a


def _extended(a: Any, axis: int, prepend: Any, append: Any) -> Any:
    def edge(x: Any) -> Any:
        shape = np.shape(a)
        return x if np.ndim(x) else np.broadcast_to(x, (*shape[:axis], 1, *shape[axis + 1 :]))

    parts = [a]
    if prepend is not None:
        parts.insert(0, edge(prepend))
    if append is not None:
        parts.append(edge(append))
    return np.concatenate(parts, axis) if len(parts) > 1 else a


@answers(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integrate along an axis by the trapezoidal rule, at the points `x` or `dx` apart."""
    (along,) = axes(axis, np.ndim(y), "trapezoid")
    if x is None:
        step = dx
    elif np.ndim(x) == 1:
        step = diff(x).reshape([-1 if i == along else 1 for i in range(np.ndim(y))])
    else:
        step = diff(x, axis=along)
    ahead = (slice(None),) * along
    pairs = y[(*ahead, slice(1, None))] + y[(*ahead, slice(None, -1))]
    return sum(step * pairs / 2.0, along)


# ------------------------------------------------------------------------ logsumexp


def _logsumexp_forward(x: Any, *, axis: tuple[int, ...]) -> Any:
    peak = np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    peak = np.where(np.isfinite(peak), peak, 0)
    with np.errstate(divide="ignore"):  # log(0) is the right -inf where every x is -inf
        return peak + np.log(np.add.reduce(np.exp(x - peak), axis=axis, keepdims=True))


_logsumexp = primitive(
    "logsumexp",
    _logsumexp_forward,
    lambda g, y, x, *, axis: g * np.exp(x - np.where(np.isfinite(y), y, 0)),
    doc="log Σ exp(x) over axes, without overflow.",
    symbol="log Σ exp",
    examples=EXAMPLES[1:] + EMPTY[1:],
)


def logsumexp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return log Σ exp(a) over axes, without overflow.

    >>> from tinygrad_gates import Value
    >>> logsumexp(Value([1000.0, 1000.0])).item()
    1000.6931471805599
    """
    reduced = axes(axis, np.ndim(a), "logsumexp")
    return drop(_logsumexp(a, axis=reduced), reduced, keepdims) if reduced else a * 1
