"""The products whose heart is the matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answer, answers
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.linear_algebra.matmul import matmul
from tinygrad_gates.ops.reduction import axes as named_axes

answer(np.linalg.matmul, matmul)

# ------------------------------------------------------------------------ products of vectors


@answers(np.dot, method="dot")
def dot(a: Any, b: Any) -> Any:
    """Sum products over the last axis of the first and the last but one of the second.

    >>> from tinygrad_gates import Value
    >>> dot(Value([1.0, 2.0]), np.array([3.0, 4.0])).item()
    11.0
    """
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    if np.ndim(b) <= 2:
        return matmul(a, b)
    return tensordot(a, b, axes=(-1, -2))


@answers(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """Sum products of all elements, of arrays of any shapes of one size.

    >>> from tinygrad_gates import Value
    >>> vdot(Value([[1.0], [2.0]]), [[3.0, 4.0]]).item()
    11.0
    """
    return matmul(np.ravel(a), np.ravel(b))


@answers(np.inner)
def inner(a: Any, b: Any) -> Any:
    """Sum products over the last axis of both.

    >>> from tinygrad_gates import Value
    >>> inner(Value([[1.0, 2.0]]), [[3.0, 4.0], [5.0, 6.0]]).data
    array([[11., 17.]])
    """
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    return tensordot(a, b, axes=(-1, -1))


@answers(np.outer)
def outer(a: Any, b: Any) -> Any:
    """Return all products of an element of a and one of b, flattened both.

    >>> from tinygrad_gates import Value
    >>> outer(Value([1.0, 2.0]), [3.0, 4.0]).data
    array([[3., 4.],
           [6., 8.]])
    """
    return np.expand_dims(np.ravel(a), 1) * np.expand_dims(np.ravel(b), 0)


def _outer_of_vectors(x1: Any, x2: Any) -> Any:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ShapeError(f"outer: takes vectors, not shapes {np.shape(x1)} and {np.shape(x2)}")
    return outer(x1, x2)


def vecdot(x1: Any, x2: Any, *, axis: int = -1) -> Any:
    """Sum products over an axis, the other axes broadcast.

    >>> from tinygrad_gates import Value
    >>> vecdot(Value([[1.0, 2.0], [3.0, 4.0]]), [1.0, 10.0]).data
    array([21., 43.])
    """
    rows, columns = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    if np.shape(rows)[-1] != np.shape(columns)[-1]:
        raise ShapeError(
            f"vecdot: axis {axis} has other lengths in {np.shape(x1)} and {np.shape(x2)}"
        )
    return matmul(np.expand_dims(rows, -2), np.expand_dims(columns, -1))[..., 0, 0]


def matvec(x1: Any, x2: Any) -> Any:
    """Multiply matrices with vectors, both in batches that broadcast.

    >>> from tinygrad_gates import Value
    >>> matvec(Value([[1.0, 2.0], [3.0, 4.0]]), [[1.0, 0.0], [0.0, 1.0]]).data
    array([[1., 3.],
           [2., 4.]])
    """
    return matmul(x1, np.expand_dims(x2, -1))[..., 0]


def vecmat(x1: Any, x2: Any) -> Any:
    """Multiply vectors with matrices, both in batches that broadcast.

    >>> from tinygrad_gates import Value
    >>> vecmat(Value([1.0, 10.0]), [[1.0, 2.0], [3.0, 4.0]]).data
    array([31., 42.])
    """
    return matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


for _function in (vecdot, matvec, vecmat):
    if hasattr(np, _function.__name__):
        answer(getattr(np, _function.__name__), _function)
answer(np.linalg.vecdot, vecdot)
answer(np.linalg.outer, _outer_of_vectors)


@answers(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Return the vector products of vectors of length 3 along axes.

    Raises:
        ShapeError: for vectors of another length.

    >>> from tinygrad_gates import Value
    >>> cross(Value([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]).data
    array([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if np.shape(x)[-1] != 3 or np.shape(y)[-1] != 3:
        raise ShapeError(
            f"cross: takes vectors of length 3, not from shapes {np.shape(a)} and {np.shape(b)}"
        )
    ahead, behind = [1, 2, 0], [2, 0, 1]
    z = x[..., ahead] * y[..., behind] - x[..., behind] * y[..., ahead]
    return np.moveaxis(z, -1, axisc)


def _cross_along(x1: Any, x2: Any, *, axis: int = -1) -> Any:
    return cross(x1, x2, axis=axis)


answer(np.linalg.cross, _cross_along)

# ------------------------------------------------------------------------ products of tensors

Axes = int | tuple[int | Sequence[int], int | Sequence[int]]


@answers(np.tensordot)
def tensordot(a: Any, b: Any, axes: Axes = 2) -> Any:
    """Sum products over pairs of axes; the other axes of a come first, then those of b.

    Args:
        axes: how many, the last of a and the first of b; or the axes of a and those of b.

    Raises:
        ShapeError: if the axes of a pair differ in length, or do not exist.

    >>> from tinygrad_gates import Value
    >>> tensordot(Value(np.ones((2, 3, 4))), np.ones((4, 3, 5)), ([1, 2], [1, 0])).shape
    (2, 5)
    """
    left, right = _pairs(a, b, axes)
    shape, other = np.shape(a), np.shape(b)
    if [shape[i] for i in left] != [other[i] for i in right]:
        raise ShapeError(f"tensordot: axes={axes} of shapes {shape} and {other} differ in length")
    free = [i for i in range(len(shape)) if i not in left]
    also = [i for i in range(len(other)) if i not in right]
    size = int(np.prod([shape[i] for i in left], dtype=int))
    rows = int(np.prod([shape[i] for i in free], dtype=int))
    columns = int(np.prod([other[i] for i in also], dtype=int))
    product = matmul(
        np.transpose(a, [*free, *left]).reshape(rows, size),
        np.transpose(b, [*right, *also]).reshape(size, columns),
    )
    return product.reshape([shape[i] for i in free] + [other[i] for i in also])


def _pairs(a: Any, b: Any, axes: Axes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(axes, (int, np.integer)):
        named: tuple[Any, Any] = (range(-int(axes), 0), range(int(axes)))
    else:
        named = axes
    left, right = (tuple(np.atleast_1d(x).astype(int).tolist()) for x in named)
    if len(left) != len(right):
        raise ShapeError(f"tensordot: axes={axes} are not in pairs")
    return named_axes(left, np.ndim(a), "tensordot"), named_axes(right, np.ndim(b), "tensordot")


def _tensordot_along(x1: Any, x2: Any, *, axes: Axes = 2) -> Any:
    return tensordot(x1, x2, axes)


answer(np.linalg.tensordot, _tensordot_along)


@answers(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product: b laid out once for each element of a, times that element.

    >>> from tinygrad_gates import Value
    >>> kron(Value([1.0, 10.0]), [1.0, 2.0]).data
    array([ 1.,  2., 10., 20.])
    """
    ndim = max(np.ndim(a), np.ndim(b))
    outer_shape = (1,) * (ndim - np.ndim(a)) + np.shape(a)
    inner_shape = (1,) * (ndim - np.ndim(b)) + np.shape(b)
    spread = np.reshape(a, [n for length in outer_shape for n in (length, 1)])
    tiled = np.reshape(b, [n for length in inner_shape for n in (1, length)])
    shape = [n * m for n, m in zip(outer_shape, inner_shape, strict=True)]
    return (spread * tiled).reshape(shape)


# ------------------------------------------------------------------------ products of many


@answers(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Multiply a square matrix n times with itself; of a negative n, its inverse.

    Raises:
        ShapeError: if the matrix is not square.

    >>> from tinygrad_gates import Value
    >>> matrix_power(Value([[1.0, 1.0], [0.0, 1.0]]), 5).data
    array([[1., 5.],
           [0., 1.]])
    """
    shape = np.shape(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"matrix_power: takes square matrices, not shape {shape}")
    if n == 0:
        return np.zeros_like(a) + np.eye(shape[-1], dtype=np.result_type(a))
    square = np.linalg.inv(a) if n < 0 else a
    n, result = abs(n), None
    while n:
        if n % 2:
            result = square if result is None else matmul(result, square)
        n //= 2
        if n:
            square = matmul(square, square)
    return result


@answers(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any]) -> Any:
    """Multiply matrices in the order that takes the fewest multiplications.

    The first and the last may be vectors. (Cormen et al., "Introduction to Algorithms",
    matrix-chain multiplication.)

    >>> from tinygrad_gates import Value
    >>> multi_dot([Value([1.0, 2.0]), np.eye(2), np.array([[3.0], [4.0]])]).data
    array([11.])
    """
    if len(arrays) < 2:
        raise ValueError(f"multi_dot: takes two arrays or more, not {len(arrays)}")
    shapes = [np.shape(x) for x in arrays]
    if any(len(s) != 2 for s in shapes[1:-1]) or any(len(s) not in (1, 2) for s in shapes):
        raise ShapeError(f"multi_dot: takes matrices, vectors at the ends, not shapes {shapes}")
    sizes = [1 if len(shapes[0]) == 1 else shapes[0][0]]
    sizes += [s[0] for s in shapes[1:]]
    sizes.append(1 if len(shapes[-1]) == 1 else shapes[-1][1])
    return _multiplied(arrays, _best_splits(sizes), 0, len(arrays) - 1)


def _best_splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Return where to split each run of factors, whose heights and last width are `sizes`."""
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    splits = {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            cost[first, last], splits[first, last] = min(
                (
                    cost[first, k]
                    + cost[k + 1, last]
                    + sizes[first] * sizes[k + 1] * sizes[last + 1],
                    k,
                )
                for k in range(first, last)
            )
    return splits


def _multiplied(
    arrays: Sequence[Any], splits: dict[tuple[int, int], int], first: int, last: int
) -> Any:
    if first == last:
        return arrays[first]
    k = splits[first, last]
    return matmul(_multiplied(arrays, splits, first, k), _multiplied(arrays, splits, k + 1, last))
