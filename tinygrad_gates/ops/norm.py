"""Norms of vectors and matrices, and the standard deviation, which is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answers, example, primitive
from tinygrad_gates.ops.reduction import (
    EMPTY,
    EXAMPLES,
    Axis,
    axes,
    divisor,
    drop,
    flat_last,
    max,
    mean,
    min,
    spread,
    sum,
)

_norm2 = primitive(
    "norm",
    lambda x, *, axis, keepdims: _length(x, axis, keepdims),
    lambda g, y, x, *, axis, keepdims: _length_slope(g, y, x, axis, keepdims),
    doc="The Euclidean norm over axes.",
    symbol="‖x‖",
    domain=[[(-2.0, -0.3), (0.3, 2.0)]],
    examples=[
        example(*e.shapes, axis=e.params["axis"], keepdims=keepdims)
        for e in EXAMPLES[1:] + EMPTY
        for keepdims in (False, True)
    ],
    at_kink="0 at x = 0",
)


def _length(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    return np.sqrt(np.add.reduce(x * x, axis=axis, keepdims=keepdims))  # type: ignore[call-overload]


def _length_slope(g: Any, y: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    g, y = spread(g, x, axis, keepdims), spread(y, x, axis, keepdims)
    # The division is kept away from 0 / 0 in both branches, for the second order's sake.
    return g * np.where(y == 0, 0, x / np.where(y == 0, 1, y))


@answers(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return a norm of vectors or matrices, in NumPy's orders.

    None and 2 (of vectors) and "fro" are the Euclidean norm, whose gradient at 0 is 0.

    Raises:
        ValueError: for an order that this number of axes does not have.

    >>> from tinygrad_gates import Value
    >>> norm(Value([3.0, 4.0])).item()
    5.0
    """
    ndim = np.ndim(x)
    if axis is None and ord is not None and ndim not in (1, 2):
        raise ValueError(f"norm: ord={ord!r} without axis takes 1 or 2 dimensions, not {ndim}")
    over = axes(axis, ndim, "norm")
    if ord is None or (ord == "fro" and len(over) == 2) or (ord == 2 and len(over) == 1):
        return _norm2(x, axis=over, keepdims=keepdims)
    if len(over) == 1:
        return _vector_norm(x, ord, over, keepdims)
    if len(over) == 2:
        return _matrix_norm(x, ord, over, keepdims)
    raise ValueError(f"norm: takes one axis or two, not axis={axis}")


def _vector_norm(x: Any, ord: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is for matrices, and this norm is of vectors")
    size = np.abs(x)
    if ord == np.inf:
        return max(size, axis, keepdims=keepdims)
    if ord == -np.inf:
        return min(size, axis, keepdims=keepdims)
    if ord == 0:
        return sum(np.where(size != 0, 1.0, 0.0 * size), axis, keepdims=keepdims)
    if ord == 1:
        return sum(size, axis, keepdims=keepdims)
    total = sum(size**ord, axis, keepdims=True)
    # At x = 0 the root has an infinite slope; there the norm's gradient is 0 by selection.
    root = np.where(total == 0, 0, np.where(total == 0, 1, total) ** (1 / ord))
    return drop(root, axis, keepdims)


def _matrix_norm(x: Any, ord: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    row, column = axis
    if ord in (1, -1, np.inf, -np.inf):
        inner, outer = (row, column) if abs(ord) == 1 else (column, row)
        extreme = max if ord > 0 else min
        sums = sum(np.abs(x), inner, keepdims=True)
        return drop(extreme(sums, outer, keepdims=True), axis, keepdims)
    if ord in (2, -2, "nuc"):
        values = np.linalg.svd(np.moveaxis(x, axis, (-2, -1)), compute_uv=False)
        reduce = {2: max, -2: min, "nuc": sum}[ord]
        result = reduce(values, -1)
        return np.expand_dims(result, axis) if keepdims else result
    raise ValueError(f"norm: matrices have no norm of order {ord!r}")


@answers(np.linalg.vector_norm)
def vector_norm(x: Any, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Any:
    """Return a norm over axes taken together as one; of all elements by default."""
    over = axes(axis, np.ndim(x), "vector_norm")
    result = norm(flat_last(x, over), ord, -1)
    return np.expand_dims(result, over) if keepdims else result


@answers(np.linalg.matrix_norm)
def matrix_norm(x: Any, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Return a norm of the matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


@answers(np.std, method="std")
def std(a: Any, axis: Axis = None, ddof: float = 0, *, keepdims: bool = False) -> Any:
    """Return the standard deviation over axes; where it is 0, so is its gradient here.

    It is the norm of the deviations, and shares the norm's convention at 0.
    """
    deviation = a - mean(a, axis, keepdims=True)
    length = _norm2(deviation, axis=axes(axis, np.ndim(a), "std"), keepdims=keepdims)
    return length / np.sqrt(divisor(a, axis, ddof))
