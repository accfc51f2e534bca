"""The products that are not the matrix product, but mostly made of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import Primitive, answer, answers, example, primitive
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.linear_algebra.matmul import matmul
from tinygrad_gates.ops.reduction import axes as normalized

Axes = int | Sequence[int]


@answers(np.dot, method="dot")
def dot(a: Any, b: Any) -> Any:
    """Sum products over the last axis of `a` and the last but one (or only one) of `b`.

    With a scalar this is the product by it; with vectors and matrices, the matrix product.

    Raises:
        ShapeError: if the two axes differ in length.

    >>> from tinygrad_gates import Value
    >>> dot(Value([1.0, 2.0]), Value([3.0, 4.0])).item()
    11.0
    """
    left, right = np.ndim(a), np.ndim(b)
    if not left or not right:
        return np.multiply(a, b)
    if right == 1 or (left < 3 and right < 3):
        return matmul(a, b)
    return _contracted("dot", a, b, [left - 1], [right - 2])


@answers(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """Return the sum of the products of all elements, whatever the shapes.

    >>> from tinygrad_gates import Value
    >>> vdot(Value([[1.0, 2.0]]), Value([[3.0], [4.0]])).item()
    11.0
    """
    return matmul(np.ravel(a), np.ravel(b))


@answers(np.inner)
def inner(a: Any, b: Any) -> Any:
    """Sum products over the last axes of both; with a scalar, multiply by it.

    >>> from tinygrad_gates import Value
    >>> inner(Value([[1.0, 2.0], [3.0, 4.0]]), Value([10.0, 1.0])).data
    array([12., 34.])
    """
    left, right = np.ndim(a), np.ndim(b)
    if not left or not right:
        return np.multiply(a, b)
    return _contracted("inner", a, b, [left - 1], [right - 1])


@answers(np.outer)
def outer(a: Any, b: Any) -> Any:
    """Return the products of each element of `a`, by row, with each of `b`, by column.

    >>> from tinygrad_gates import Value
    >>> outer(Value([1.0, 2.0]), Value([3.0, 4.0])).data
    array([[3., 4.],
           [6., 8.]])
    """
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@answers(np.linalg.outer)
def _outer_of_vectors(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ShapeError(
            f"linalg.outer: takes two vectors, and the shapes are {np.shape(x1)} and "
            f"{np.shape(x2)}. np.outer flattens its operands."
        )
    return outer(x1, x2)


# ------------------------------------------------------------------------ tensordot


@answers(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: int | Sequence[Axes] = 2) -> Any:
    """Sum products over axes of `a` and as many axes of `b`.

    Args:
        axes: so many last axes of `a` and first ones of `b`; or the axes of each.

    Returns:
        an array of the other axes of `a`, and then those of `b`.

    Raises:
        ShapeError: if the axes do not exist, or differ in number or length.

    >>> from tinygrad_gates import Value
    >>> x = Value(np.ones((2, 3, 4)))
    >>> tensordot(x, x, axes=([0, 1], [0, 1])).shape
    (4, 4)
    """
    left, right = np.ndim(a), np.ndim(b)
    if isinstance(axes, (int, np.integer)):
        if not 0 <= axes <= min(left, right):
            raise ShapeError(f"tensordot: shapes {np.shape(a)} and {np.shape(b)} lack {axes} axes")
        return _contracted("tensordot", a, b, range(left - axes, left), range(axes))
    of_a, of_b = (_listed(one, n) for one, n in zip(axes, (left, right), strict=True))
    return _contracted("tensordot", a, b, of_a, of_b)


def _listed(axis: Axes, ndim: int) -> tuple[int, ...]:
    listed = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    return normalized(listed, ndim, "tensordot")


def _contracted(function: str, a: Any, b: Any, of_a: Sequence[int], of_b: Sequence[int]) -> Any:
    """Sum products over some axes of each operand: one matrix product."""
    left, right = np.shape(a), np.shape(b)
    summed = [left[i] for i in of_a]
    if summed != [right[i] for i in of_b]:
        raise ShapeError(
            f"{function}: shapes {left} and {right} do not fit: the axes {tuple(of_a)} of the "
            f"first and {tuple(of_b)} of the second are summed over, and differ in length"
        )
    rest_a = [i for i in range(len(left)) if i not in of_a]
    rest_b = [i for i in range(len(right)) if i not in of_b]
    shape = [left[i] for i in rest_a] + [right[i] for i in rest_b]
    inside = math.prod(summed)
    rows = math.prod(left[i] for i in rest_a)
    first = np.reshape(np.transpose(a, (*rest_a, *of_a)), (rows, inside))
    columns = math.prod(right[i] for i in rest_b)
    second = np.reshape(np.transpose(b, (*of_b, *rest_b)), (inside, columns))
    return np.reshape(matmul(first, second), shape)


@answers(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product: each element of `a`, times all of `b`, in its place.

    >>> from tinygrad_gates import Value
    >>> kron(Value([1.0, 10.0]), Value([1.0, 2.0])).data
    array([ 1.,  2., 10., 20.])
    """
    ndim = max(np.ndim(a), np.ndim(b))
    left = (1,) * (ndim - np.ndim(a)) + np.shape(a)
    right = (1,) * (ndim - np.ndim(b)) + np.shape(b)
    each = np.reshape(a, [n for length in left for n in (length, 1)])
    block = np.reshape(b, [n for length in right for n in (1, length)])
    return np.reshape(each * block, [m * n for m, n in zip(left, right, strict=True)])


# ------------------------------------------------------------------------ vectors


def _vectors(function: str, a: Any, b: Any) -> None:
    """Refuse operands whose last axes differ: broadcasting must not stretch these."""
    left, right = np.shape(a), np.shape(b)
    if not left or not right or left[-1] != right[-1]:
        raise ShapeError(f"{function}: shapes {left} and {right} do not end in vectors as long")


@answers(np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Sum products of vectors along an axis, over the other axes as a batch.

    >>> from tinygrad_gates import Value
    >>> vecdot(Value([[1.0, 2.0], [3.0, 4.0]]), Value([10.0, 1.0])).data
    array([12., 34.])
    """
    x1, x2 = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    _vectors("vecdot", x1, x2)
    return np.multiply(x1, x2).sum(axis=-1)


answer(np.linalg.matmul, lambda x1, x2, /: matmul(x1, x2))
answer(np.vecdot, vecdot)


def matvec(x1: Any, x2: Any, /) -> Any:
    """Multiply matrices by vectors, over the leading axes of both as a batch.

    >>> from tinygrad_gates import Value
    >>> matvec(Value([[1.0, 2.0], [3.0, 4.0]]), Value([[1.0, 0.0], [0.0, 1.0]])).data
    array([[1., 3.],
           [2., 4.]])
    """
    return np.squeeze(matmul(x1, np.expand_dims(x2, -1)), -1)


def vecmat(x1: Any, x2: Any, /) -> Any:
    """Multiply vectors by matrices, over the leading axes of both as a batch.

    >>> from tinygrad_gates import Value
    >>> vecmat(Value([1.0, 10.0]), Value([[1.0, 2.0], [3.0, 4.0]])).data
    array([31., 42.])
    """
    return np.squeeze(matmul(np.expand_dims(x1, -2), x2), -2)


if hasattr(np, "matvec"):
    answer(np.matvec, matvec)
    answer(np.vecmat, vecmat)

_cross: Primitive = primitive(
    "cross",
    lambda a, b: np.cross(a, b),
    lambda g, y, a, b: _cross(b, g),
    lambda g, y, a, b: _cross(g, a),
    doc="The vector product, along the last axis.",
    symbol="×",
    examples=[
        example((3,), (3,)),
        example((2, 3), (3,)),
        example((2, 1, 3), (4, 3)),
        example((0, 3), (3,)),
    ],
)


@answers(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Return the vector product of vectors of length 3, over the other axes as a batch.

    Args:
        axisa, axisb, axisc: where the vectors lie in `a`, in `b` and in the result.
        axis: the same for all three.

    Raises:
        ShapeError: for vectors of another length than 3.

    >>> from tinygrad_gates import Value
    >>> cross(Value([1.0, 0.0, 0.0]), Value([0.0, 1.0, 0.0])).data
    array([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    if not np.ndim(a) or not np.ndim(b):
        raise ShapeError(f"cross: takes vectors, not shapes {np.shape(a)} and {np.shape(b)}")
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise ShapeError(
            f"cross: vectors have to have length 3, and the shapes are {np.shape(a)} and "
            f"{np.shape(b)}. The one component of a product in the plane is "
            f"x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]."
        )
    return np.moveaxis(_cross(a, b), -1, axisc)


answer(np.linalg.cross, lambda x1, x2, /, *, axis=-1: cross(x1, x2, axis=axis))
