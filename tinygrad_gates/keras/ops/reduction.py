"""What `keras.ops` computes along axes: sums, extremes, and numbers in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.ops.calling import cast, numpy_operation, operation, over, tensor
from tinygrad_gates.keras.symbolic import KerasTensor

SAME = "all any amax amin ptp".split()
"""Reductions that keep the dtype, or make booleans."""

FLOAT = "mean median std var".split()
"""Reductions that make floats of integers."""

FIRST = "argmax argmin nanargmax nanargmin".split()
"""Places of extremes, as int32."""


def _reduction(name: str, floating: bool) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return function(tensor(x, floating), axis=over(axis), keepdims=keepdims)

    return _named(numpy_operation, called, name)


def _place(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return function(tensor(x), axis=over(axis), keepdims=keepdims).astype(np.int32)

    return _named(operation, called, name)


def _without_nan(name: str, instead: float) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        x = tensor(x)
        if x.dtype.kind != "f":
            return FUNCTIONS[name](x, axis, keepdims)
        nan = np.isnan(x)
        result = function(np.where(nan, instead, x), axis=over(axis), keepdims=keepdims)
        if np.isfinite(instead):
            return result
        return np.where(nan.all(axis=over(axis), keepdims=keepdims), np.nan, result)

    return _named(operation, called, f"nan{name}")


def _named(how: Any, function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `np.{name}` over axes, all by default."
    return how(function)


def _wide(x: Any) -> Any:
    """Return booleans and short integers as int32, so that their sums fit."""
    x = tensor(x)
    narrow = x.dtype.kind in "biu" and x.dtype.itemsize < 4 and not isinstance(x, KerasTensor)
    return x.astype(np.uint32 if x.dtype.kind == "u" else np.int32) if narrow else x


def _kept(result: Any, x: Any) -> Any:
    """Return a sum or product in the dtype of what was summed, which NumPy widens to int64."""
    return result if isinstance(x, KerasTensor) else cast(result, x.dtype)


@numpy_operation
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the sum over axes, all by default.

    >>> sum([[1, 2], [3, 4]], axis=0)
    Value(data=[4, 6])
    """
    x = _wide(x)
    return _kept(np.sum(x, axis=over(axis), keepdims=keepdims), x)


@numpy_operation
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Return the product over axes, all by default.

    >>> prod([2.0, 3.0])
    Value(data=6.0)
    """
    x = _wide(x) if dtype is None else cast(tensor(x), dtype)
    return _kept(np.prod(x, axis=over(axis), keepdims=keepdims), x)


def _extreme(name: str) -> Callable[..., Any]:
    function, pair = getattr(np, name), getattr(np, f"{name}imum")

    def called(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
        x = tensor(x)
        if initial is None:
            return function(x, axis=over(axis), keepdims=keepdims)
        if isinstance(x, np.ndarray):
            return function(x, axis=over(axis), keepdims=keepdims, initial=initial)
        return pair(function(x, axis=over(axis), keepdims=keepdims), initial)

    return _named(numpy_operation, called, name)


@numpy_operation
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """Return the mean over axes, with a weight for each number.

    >>> average([1.0, 3.0], weights=[3.0, 1.0])
    Value(data=1.5)
    """
    weights = None if weights is None else tensor(weights, floating=True)
    return np.average(tensor(x, floating=True), axis=over(axis), weights=weights)


@operation
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """Return how many numbers are not 0.

    >>> count_nonzero([0, 3, 4])
    Value(data=2)
    """
    return np.int32(1) * np.count_nonzero(tensor(x), axis=over(axis))


@operation
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the sums of all up to each number, along an axis.

    >>> cumsum([1.0, 2.0, 3.0])
    Value(data=[1., 3., 6.])
    """
    x = _wide(x) if dtype is None else cast(tensor(x), dtype)
    return _kept(np.cumsum(x, axis=axis), x)


@operation
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the products of all up to each number, along an axis.

    >>> cumprod([1.0, 2.0, 3.0])
    Value(data=[1., 2., 6.])
    """
    x = _wide(x) if dtype is None else cast(tensor(x), dtype)
    return _kept(np.cumprod(x, axis=axis), x)


@operation
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return what `cumsum` returns, with 0 for NaN."""
    x = tensor(x)
    return cumsum(np.where(np.isnan(x), 0, x), axis, dtype)


@operation
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return what `cumprod` returns, with 1 for NaN."""
    x = tensor(x)
    return cumprod(np.where(np.isnan(x), 1, x), axis, dtype)


@operation
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the mean over axes of what is not NaN.

    >>> nanmean([1.0, float("nan"), 3.0])
    Value(data=2.0)
    """
    x = tensor(x, floating=True)
    return _mean_where(~np.isnan(x), x, axis, keepdims)


@operation
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the variance over axes of what is not NaN."""
    x = tensor(x, floating=True)
    counted = ~np.isnan(x)
    x = np.where(counted, x, 0)  # a NaN that is squared would reach the gradient
    return _mean_where(counted, np.square(x - _mean_where(counted, x, axis, True)), axis, keepdims)


def _mean_where(counted: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    count = counted.sum(axis=over(axis), keepdims=keepdims).astype(x.dtype)
    with np.errstate(invalid="ignore"):
        return np.sum(np.where(counted, x, 0), axis=over(axis), keepdims=keepdims) / count


@operation
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the standard deviation over axes of what is not NaN."""
    return np.sqrt(nanvar(x, axis, keepdims))


# ------------------------------------------------------------------------ quantiles

_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


@operation
def quantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return the numbers below which shares q of all numbers lie, along axes.

    Args:
        x: numbers.
        q: a share from 0 to 1, or a list of some, which becomes the first axis of the result.
        axis: one or several; all by default.
        method: what is taken between two numbers: "linear", "lower", "higher", "midpoint" or
            "nearest".
        keepdims: whether the axes stay, with length 1.

    Raises:
        ValueError: for another method, or a share that is none.
        ShapeError: if there is no number along the axes.

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    Value(data=3.0)
    """
    found, nan = _quantiles("quantile", x, q, axis, method, keepdims)
    return np.where(nan, np.nan, found)


@operation
def nanquantile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return what `quantile` returns, of what is not NaN.

    >>> nanquantile([1.0, 2.0, 4.0, float("nan")], 0.75)
    Value(data=3.0)
    """
    return _quantiles("nanquantile", x, q, axis, method, keepdims)[0]


@operation
def percentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return what `quantile` returns, for shares in hundredths.

    >>> percentile([1.0, 2.0, 4.0], 75)
    Value(data=3.0)
    """
    return quantile(x, tensor(q, floating=True) / 100, axis, method, keepdims)


@operation
def nanpercentile(
    x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return what `nanquantile` returns, for shares in hundredths."""
    return nanquantile(x, tensor(q, floating=True) / 100, axis, method, keepdims)


@operation
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the median over axes of what is not NaN."""
    return nanquantile(x, 0.5, axis, keepdims=keepdims)


def _quantiles(
    what: str, x: Any, q: Any, axis: Any, method: str, keepdims: bool
) -> tuple[Any, Any]:
    """Return the quantiles of what is not NaN, and where there is NaN."""
    if method not in _METHODS:
        raise ValueError(f"{what}: method={method!r} has to be one of {', '.join(_METHODS)}.")
    shares = np.asarray(tensor(q, floating=True).astype(np.float64))
    if shares.ndim > 1 or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(f"{what}: q={q!r} has to be a share, or a list of some.")
    x = tensor(x, floating=True)
    gone = tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis) % x.ndim)
    rest = [place for place in range(x.ndim) if place not in gone]
    lengths = [x.shape[place] for place in rest]
    rows = np.transpose(x, (*rest, *gone)).reshape((*lengths, -1))
    if not rows.shape[-1]:
        raise ShapeError(f"{what}: there is no number along axis={axis} of shape {x.shape}.")
    if keepdims:
        lengths = [1 if place in gone else x.shape[place] for place in range(x.ndim)]
    many = lengths if shares.ndim == 0 else [shares.size, *lengths]
    found = np.moveaxis(_in_order(rows, np.atleast_1d(shares), method), -1, 0).reshape(many)
    return found, np.isnan(rows).any(axis=-1).reshape(lengths)


def _in_order(rows: Any, shares: Any, method: str) -> Any:
    """Return what is found at shares of the numbers of each row, which sorting puts before NaN."""
    ordered = np.sort(rows, axis=-1)
    counts = (~np.isnan(rows)).sum(axis=-1, keepdims=True)
    places = shares * np.maximum(counts - 1, 0)
    low, high = np.floor(places).astype(int), np.ceil(places).astype(int)
    if method == "nearest":
        low = high = np.round(places).astype(int)
    one = np.take_along_axis(ordered, high if method == "higher" else low, axis=-1)
    if method not in ("linear", "midpoint"):
        return one
    part = places - low if method == "linear" else np.where(low == high, 0, 0.5)
    other = np.take_along_axis(ordered, high, axis=-1)
    return one + (other - one) * part.astype(ordered.dtype)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max": _extreme("max"),
    "min": _extreme("min"),
    "sum": sum,
    "prod": prod,
    **{name: _reduction(name, floating=False) for name in SAME},
    **{name: _reduction(name, floating=True) for name in FLOAT},
    **{name: _place(name) for name in FIRST},
    "nanmax": _without_nan("max", -np.inf),
    "nanmin": _without_nan("min", np.inf),
    "nansum": _without_nan("sum", 0.0),
    "nanprod": _without_nan("prod", 1.0),
}
"""The functions of the tables, by name."""
