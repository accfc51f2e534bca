"""Rows that change the shape or the order of axes and elements, and the identity.

Results share memory with their operands where NumPy's do.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.primitive import (
    answer,
    answers,
    as_operand,
    attach_method,
    example,
    primitive,
)
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.ops.reduction import Axis, axes

Shape = int | Sequence[int]

# ------------------------------------------------------------------------ the same elements

identity = primitive(
    "identity",
    lambda x: x[...] if isinstance(x, np.ndarray) else x,
    lambda g, y, x: g,
    doc="x itself.",
    symbol="=",
    examples=[example(()), example((3,)), example((2, 0))],
    numpy=[np.copy],
    method="copy",
)
_astype = primitive(
    "astype",
    lambda x, *, dtype: np.asarray(x).astype(dtype),
    lambda g, y, x, *, dtype: g,
    doc="x converted to a dtype; the cotangent is converted back.",
    examples=[example(shape, dtype=np.dtype(float)) for shape in ((), (3,), (2, 0))],
)


def astype(x: Any, dtype: DTypeLike, *, casting: Any = "unsafe", copy: bool = True) -> Any:
    """Convert to a dtype. From float to float, the gradient is converted back.

    Integers and booleans are constants: no gradient flows through them. A Value is never
    altered, so `copy` changes nothing.

    Raises:
        DtypeError: if the dtype is not real, or `casting` (NumPy's rules) does not allow it.

    >>> x = Value([1.5, 2.5])
    >>> x.astype("float32").sum().backward()
    >>> x.grad
    array([1., 1.])
    """
    wanted, given = np.dtype(dtype), np.result_type(x)
    if wanted.kind not in "fiub":
        raise DtypeError(f"astype: real numbers are needed, and {wanted} is not")
    if not np.can_cast(given, wanted, casting):
        raise DtypeError(f"astype: casting={casting!r} does not allow {given} to {wanted}")
    return _astype(x, dtype=wanted)


attach_method("astype", astype)
if hasattr(np, "astype"):
    answer(np.astype, astype)

# ------------------------------------------------------------------------ reshaping

_reshape = primitive(
    "reshape",
    lambda x, *, shape: np.reshape(x, shape),
    lambda g, y, x, *, shape: g.reshape(x.shape),
    doc="The elements in the same order, in another shape.",
    examples=[
        example((), shape=(1, 1)),
        example((1,), shape=()),
        example((2, 3), shape=(3, 2)),
        example((2, 3), shape=(6,)),
        example((0, 3), shape=(2, 0)),
    ],
)


@answers(np.reshape)
def reshape(a: Any, shape: Shape, order: str = "C") -> Any:
    """Give the elements another shape, in which one length may be -1: what is left.

    Args:
        shape: the lengths of the new axes.
        order: "C" reads and writes elements with the last axis running fastest, "F" with the
            first.

    Raises:
        ShapeError: if the sizes do not agree.

    >>> reshape(Value([1.0, 2.0, 3.0, 4.0]), (2, -1)).data
    array([[1., 2.],
           [3., 4.]])
    """
    wanted = _resolved(np.shape(a), shape)
    if order == "C":
        return _reshape(a, shape=wanted)
    if order == "F":
        return np.transpose(_reshape(np.transpose(a), shape=wanted[::-1]))
    raise ValueError(f"reshape: order has to be 'C' or 'F', not {order!r}")


def _resolved(old: tuple[int, ...], shape: Shape) -> tuple[int, ...]:
    """Return a shape without -1."""
    wanted = _lengths(shape)
    size = int(np.prod(old, dtype=int))
    known = int(np.prod([n for n in wanted if n != -1], dtype=int))
    if wanted.count(-1) == 1 and known and size % known == 0:
        wanted = tuple(size // known if n == -1 else n for n in wanted)
    elif min(wanted, default=0) < 0 or known != size:
        raise ShapeError(
            f"reshape: an array of shape {old} has {size} elements; they do not fit shape {shape}"
        )
    return wanted


def _lengths(shape: Shape) -> tuple[int, ...]:
    if isinstance(shape, Sequence) or np.ndim(shape):
        return tuple(operator.index(n) for n in shape)  # type: ignore[union-attr]
    return (operator.index(shape),)


def _reshape_method(x: Value, *shape: Any, order: str = "C") -> Any:
    """Return `np.reshape(x, shape)`; the shape may be given as one tuple or as numbers."""
    return reshape(x, shape[0] if len(shape) == 1 else shape, order)


attach_method("reshape", _reshape_method)


@answers(np.ravel, method="ravel")
def ravel(a: Any, order: str = "C") -> Any:
    """Return all elements along one axis.

    >>> ravel(Value([[1.0, 2.0], [3.0, 4.0]])).data
    array([1., 2., 3., 4.])
    """
    return reshape(a, -1, order)


attach_method("flatten", ravel)


@answers(np.squeeze, method="squeeze")
def squeeze(a: Any, axis: Axis = None) -> Any:
    """Remove axes of length 1: all, or the given ones.

    Raises:
        ShapeError: if a given axis is longer.

    >>> squeeze(Value([[1.0], [2.0]])).shape
    (2,)
    """
    shape = np.shape(a)
    if axis is None:
        dropped = tuple(i for i, n in enumerate(shape) if n == 1)
    else:
        dropped = axes(axis, len(shape), "squeeze")
        if any(shape[i] != 1 for i in dropped):
            raise ShapeError(f"squeeze: axis={axis} of an array of shape {shape} is not 1 long")
    return np.reshape(a, [n for i, n in enumerate(shape) if i not in dropped])


@answers(np.expand_dims)
def expand_dims(a: Any, axis: int | Sequence[int]) -> Any:
    """Insert axes of length 1, at these places of the result.

    >>> expand_dims(Value([1.0, 2.0]), (0, 2)).shape
    (1, 2, 1)
    """
    named = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    ndim = np.ndim(a) + len(named)
    inserted = axes(named, ndim, "expand_dims")
    lengths = iter(np.shape(a))
    return np.reshape(a, [1 if i in inserted else next(lengths) for i in range(ndim)])


@answers(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """Return each operand with at least one axis."""
    return _each(lambda a: a if np.ndim(a) else np.reshape(a, (1,)), arys)


@answers(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """Return each operand with at least two axes; new ones come first."""
    return _each(lambda a: a if np.ndim(a) > 1 else np.reshape(a, (1, -1)), arys)


@answers(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """Return each operand with at least three axes: (1, n, 1) of a vector, (m, n, 1)."""

    def deep(a: Any) -> Any:
        shape = np.shape(a)
        if len(shape) > 2:
            return a
        return np.reshape(a, (1, *shape, 1) if len(shape) == 1 else (*(shape or (1, 1)), 1))

    return _each(deep, arys)


def _each(function: Any, operands: tuple[Any, ...]) -> Any:
    results = tuple(function(as_operand(x)) for x in operands)
    return results[0] if len(results) == 1 else results


# ------------------------------------------------------------------------ the order of axes


def _transpose_back(g: Any, y: Any, x: Any, *, axes: tuple[int, ...]) -> Any:
    return np.transpose(g, sorted(range(len(axes)), key=axes.__getitem__))


_transpose = primitive(
    "transpose",
    lambda x, *, axes: np.transpose(x, axes),
    _transpose_back,
    doc="The axes in another order.",
    symbol="ᵀ",
    examples=[
        example((), axes=()),
        example((2, 3), axes=(1, 0)),
        example((2, 3, 4), axes=(2, 0, 1)),
        example((0, 3), axes=(1, 0)),
    ],
)


@answers(np.transpose)
def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """Put the axes in the given order, or reverse them.

    Raises:
        ShapeError: if `axes` does not name every axis once.

    >>> transpose(Value([[1.0, 2.0], [3.0, 4.0]])).data
    array([[1., 3.],
           [2., 4.]])
    """
    ndim = np.ndim(a)
    order = tuple(range(ndim)[::-1]) if axes is None else _every_axis(axes, ndim)
    return _transpose(a, axes=order)


def _every_axis(order: Sequence[int], ndim: int) -> tuple[int, ...]:
    named = axes(tuple(order), ndim, "transpose")
    if len(named) != ndim:
        raise ShapeError(f"transpose: axes={order} does not name each of {ndim} axes once")
    return named


def _transpose_method(x: Value, *axes: Any) -> Any:
    """Return `np.transpose(x, axes)`; the axes may be given as one tuple or as numbers."""
    if len(axes) == 1 and (axes[0] is None or np.ndim(axes[0])):
        return transpose(x, axes[0])
    return transpose(x, axes or None)


attach_method("transpose", _transpose_method)


def matrix_transpose(x: Any) -> Any:
    """Exchange the last two axes.

    >>> matrix_transpose(Value(np.ones((2, 3, 4)))).shape
    (2, 4, 3)
    """
    if np.ndim(x) < 2:
        raise ShapeError(f"matrix_transpose: two axes are needed, and the shape is {np.shape(x)}")
    return swapaxes(x, -1, -2)


@answers(np.swapaxes, method="swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes.

    >>> swapaxes(Value(np.ones((2, 3, 4))), 0, -1).shape
    (4, 3, 2)
    """
    order = list(range(np.ndim(a)))
    first, second = axes(axis1, len(order), "swapaxes")[0], axes(axis2, len(order), "swapaxes")[0]
    order[first], order[second] = second, first
    return np.transpose(a, order)


@answers(np.moveaxis)
def moveaxis(a: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """Move axes to other places; the others keep their order.

    >>> moveaxis(Value(np.ones((2, 3, 4))), 0, -1).shape
    (3, 4, 2)
    """
    ndim = np.ndim(a)
    moved = axes(_lengths(source), ndim, "moveaxis")
    places = axes(_lengths(destination), ndim, "moveaxis")
    if len(moved) != len(places):
        raise ShapeError(
            f"moveaxis: source={source} and destination={destination} differ in number"
        )
    order = [i for i in range(ndim) if i not in moved]
    for place, axis in sorted(zip(places, moved, strict=True)):
        order.insert(place, axis)
    return np.transpose(a, order)


@answers(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move an axis back until it lies before the place `start`; `moveaxis` is easier to read."""
    ndim = np.ndim(a)
    (moved,) = axes(axis, ndim, "rollaxis")
    (place,) = axes(start, ndim + 1, "rollaxis") if start >= 0 else axes(start, ndim, "rollaxis")
    return np.moveaxis(a, moved, place - (moved < place))


def _attach_properties() -> None:
    Value.T = property(transpose, doc="The axes in reverse order.")  # type: ignore[assignment]
    Value.mT = property(matrix_transpose, doc="The last two axes exchanged.")  # type: ignore[attr-defined]
    for module in (np, np.linalg):
        if hasattr(module, "matrix_transpose"):
            answer(module.matrix_transpose, matrix_transpose)


_attach_properties()

# ------------------------------------------------------------------------ the order of elements

_flip = primitive(
    "flip",
    lambda x, *, axis: np.flip(x, axis),
    lambda g, y, x, *, axis: np.flip(g, axis),
    doc="The elements in reverse order along axes.",
    examples=[example((3,), axis=(0,)), example((2, 3), axis=(0, 1)), example((0, 2), axis=(0,))],
)
_roll = primitive(
    "roll",
    lambda x, *, shift, axis: np.roll(x, shift, axis),
    lambda g, y, x, *, shift, axis: np.roll(g, tuple(-n for n in shift), axis),
    doc="The elements shifted along axes; what leaves at one end comes back at the other.",
    examples=[
        example((4,), shift=(1,), axis=(0,)),
        example((2, 3), shift=(1, -2), axis=(0, 1)),
        example((2, 3), shift=(1, 1), axis=(1, 1)),
        example((0, 3), shift=(2,), axis=(0,)),
    ],
)


@answers(np.flip)
def flip(m: Any, axis: Axis = None) -> Any:
    """Reverse the elements along axes, or along all.

    >>> flip(Value([1.0, 2.0, 3.0])).data
    array([3., 2., 1.])
    """
    return _flip(m, axis=axes(axis, np.ndim(m), "flip"))


@answers(np.flipud)
def flipud(m: Any) -> Any:
    """Reverse the elements along the first axis."""
    return flip(m, 0)


@answers(np.fliplr)
def fliplr(m: Any) -> Any:
    """Reverse the elements along the second axis."""
    return flip(m, 1)


@answers(np.rot90)
def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """Rotate by k quarter turns in the plane of two axes, from the first towards the second.

    >>> rot90(Value([[1.0, 2.0], [3.0, 4.0]])).data
    array([[2., 4.],
           [1., 3.]])
    """
    first, second = axes
    turns = k % 4
    if turns == 2:
        return flip(m, (first, second))
    if turns == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second) if turns else identity(m)


@answers(np.roll)
def roll(a: Any, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Any:
    """Shift elements along axes, or in the flattened array, round the ends.

    >>> roll(Value([1.0, 2.0, 3.0]), 1).data
    array([3., 1., 2.])
    """
    if axis is None:
        return np.reshape(roll(np.ravel(a), int(np.sum(shift)), 0), np.shape(a))
    shifts, along = np.broadcast_arrays(np.ravel(shift), np.ravel(axis))
    named = tuple(axes(int(i), np.ndim(a), "roll")[0] for i in along)
    return _roll(a, shift=tuple(int(n) for n in shifts), axis=named)


# ------------------------------------------------------------------------ repetition

_broadcast_to = primitive(
    "broadcast_to",
    lambda x, *, shape: np.broadcast_to(x, shape),
    lambda g, y, x, *, shape: g,
    doc="x repeated along axes of length 1, and along new ones, to a shape.",
    symbol="broadcast",
    examples=[
        example((), shape=(2,)),
        example((3,), shape=(2, 3)),
        example((2, 1), shape=(3, 2, 4)),
        example((1,), shape=(0,)),
    ],
)


@answers(np.broadcast_to)
def broadcast_to(array: Any, shape: Shape) -> Any:
    """Repeat along axes of length 1, and along new axes in front, to get a shape.

    >>> broadcast_to(Value([1.0, 2.0]), (2, 2)).data
    array([[1., 2.],
           [1., 2.]])
    """
    return _broadcast_to(array, shape=_lengths(shape))


@answers(np.broadcast_arrays)
def broadcast_arrays(*args: Any) -> tuple[Any, ...]:
    """Broadcast operands to their common shape."""
    shape = np.broadcast_shapes(*(np.shape(x) for x in args))
    return tuple(np.broadcast_to(x, shape) for x in args)


@answers(np.tile)
def tile(A: Any, reps: int | Sequence[int]) -> Any:
    """Lay copies side by side, as many along each axis as `reps` says.

    >>> tile(Value([1.0, 2.0]), (2, 2)).data
    array([[1., 2., 1., 2.],
           [1., 2., 1., 2.]])
    """
    times, shape = _lengths(reps), np.shape(A)
    ndim = max(len(times), len(shape))
    times = (1,) * (ndim - len(times)) + times
    shape = (1,) * (ndim - len(shape)) + shape
    spaced = np.reshape(A, [n for length in shape for n in (1, length)])
    copies = [n for pair in zip(times, shape, strict=True) for n in pair]
    return np.reshape(
        np.broadcast_to(spaced, copies), [n * m for n, m in zip(times, shape, strict=True)]
    )


@answers(np.repeat, method="repeat")
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Repeat each element along an axis, or of the flattened array.

    Args:
        repeats: how often, one integer for all or one for each element along the axis.

    >>> repeat(Value([1.0, 2.0]), [1, 2]).data
    array([1., 2., 2.])
    """
    if axis is None:
        a, axis = np.ravel(a), 0
    (along,) = axes(axis, np.ndim(a), "repeat")
    positions = np.repeat(np.arange(np.shape(a)[along]), np.asarray(repeats))
    return np.take(a, positions, axis=along)
