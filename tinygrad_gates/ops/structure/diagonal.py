"""Diagonals and triangles of matrices, and grids."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answer, answers, example, primitive
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.indexing import scatter_add
from tinygrad_gates.ops.reduction import axes

_TRIANGLES = [
    example((3, 3), k=0),
    example((2, 3, 4), k=1),
    example((3, 2), k=-1),
    example((3,), k=0),
    example((0, 3), k=0),
]

_tril = primitive(
    "tril",
    lambda x, *, k: np.tril(x, k),
    lambda g, y, x, *, k: np.tril(g, k),
    doc="The elements on and below the k-th diagonal, zero above.",
    examples=_TRIANGLES,
)
_triu = primitive(
    "triu",
    lambda x, *, k: np.triu(x, k),
    lambda g, y, x, *, k: np.triu(g, k),
    doc="The elements on and above the k-th diagonal, zero below.",
    examples=_TRIANGLES,
)


@answers(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """Return the lower triangle: the elements on and below the k-th diagonal, zero above.

    >>> from tinygrad_gates import Value
    >>> tril(Value([[1.0, 2.0], [3.0, 4.0]])).data
    array([[1., 0.],
           [3., 4.]])
    """
    return _tril(m, k=int(k))


@answers(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """Return the upper triangle: the elements on and above the k-th diagonal, zero below."""
    return _triu(m, k=int(k))


def _places(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    """Return the row and the column numbers of a diagonal."""
    down, right = max(-offset, 0), max(offset, 0)
    along = np.arange(max(min(rows - down, columns - right), 0))
    return along + down, along + right


@answers(np.diagonal, method="diagonal")
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of the matrices along two axes, as the last axis.

    Args:
        offset: how far to the right of the main diagonal; negative for below.

    >>> from tinygrad_gates import Value
    >>> diagonal(Value([[1.0, 2.0], [3.0, 4.0]]), 1).data
    array([2.])
    """
    shape = np.shape(a)
    if len(shape) < 2:
        raise ShapeError(f"diagonal: two axes are needed, and the shape is {shape}")
    row, column = axes((axis1, axis2), len(shape), "diagonal")
    matrices = np.moveaxis(a, (row, column), (-2, -1))
    return matrices[(Ellipsis, *_places(shape[row], shape[column], offset))]


@answers(np.trace, method="trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum along a diagonal of the matrices along two axes.

    >>> from tinygrad_gates import Value
    >>> trace(Value([[1.0, 2.0], [3.0, 4.0]])).item()
    5.0
    """
    return diagonal(a, offset, axis1, axis2).sum(axis=-1)


@answers(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """Return the k-th diagonal of a matrix, or the matrix with a vector as its k-th diagonal.

    >>> from tinygrad_gates import Value
    >>> diag(Value([1.0, 2.0])).data
    array([[1., 0.],
           [0., 2.]])
    """
    shape = np.shape(v)
    if len(shape) == 2:
        return diagonal(v, k)
    if len(shape) != 1:
        raise ShapeError(f"diag: a vector or a matrix is needed, and the shape is {shape}")
    side = shape[0] + abs(k)
    return scatter_add(v, shape=(side, side), index=_places(side, side, k))


@answers(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """Return the matrix with the flattened elements as its k-th diagonal."""
    return diag(np.ravel(v), k)


if hasattr(np.linalg, "diagonal"):
    answer(np.linalg.diagonal, lambda x, /, *, offset=0: diagonal(x, offset, -2, -1))
    answer(np.linalg.trace, lambda x, /, *, offset=0: trace(x, offset, -2, -1))


@answers(np.meshgrid)
def meshgrid(*xi: Any, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """Return coordinate matrices of the grid that coordinate vectors span.

    Args:
        sparse: leave axes along which a coordinate is constant at length 1.
        indexing: "ij" for one axis a vector in their order; "xy" exchanges the first two.

    >>> from tinygrad_gates import Value
    >>> x, y = meshgrid(Value([1.0, 2.0]), Value([3.0]))
    >>> x.data, y.data
    (array([[1., 2.]]), array([[3., 3.]]))
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing has to be 'xy' or 'ij', not {indexing!r}")
    order = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        order[:2] = [1, 0]
    lines = tuple(
        np.reshape(x, [np.size(x) if along == i else 1 for i in range(len(xi))])
        for x, along in zip(xi, order, strict=True)
    )
    return lines if sparse else np.broadcast_arrays(*lines)
