"""Rows that pick elements: indexing, where, take; and the order of elements.

A gradient is routed by selection: what was picked gets its cotangent, everything else an exact
zero, whatever infinities stand there. An element picked twice gets the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates import modes
from tinygrad_gates.core.plain import raw
from tinygrad_gates.core.primitive import (
    Example,
    Primitive,
    answers,
    as_operand,
    attach_comparisons,
    attach_method,
    example,
    primitive,
)
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.reduction import axes

_BASIC = (int, slice, type(None), type(Ellipsis))

# ------------------------------------------------------------------------ x[index]


def _scatter(x: Any, *, shape: tuple[int, ...], index: Any) -> Any:
    result = np.zeros(shape, np.result_type(x))
    if _repeats(index):
        np.add.at(result, index, x)
    else:
        result[index] = x
    return result


def _repeats(index: Any) -> bool:
    """Return whether an index may pick an element twice: only integer arrays can."""
    parts = index if type(index) is tuple else (index,)
    return any(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in parts)


def _picked(*cases: tuple[tuple[int, ...], Any]) -> list[Example]:
    return [example(shape, index=index) for shape, index in cases]


scatter_add = primitive(
    "scatter_add",
    _scatter,
    lambda g, y, x, *, shape, index: g[index],
    doc="Zeros of a shape, with x added at the elements that an index picks.",
    symbol="[i] +=",
    examples=[
        example((2,), shape=(4,), index=slice(1, 3)),
        example((), shape=(4,), index=2),
        example((3,), shape=(2, 3), index=(np.array([0, 1, 0]), np.array([2, 2, 2]))),
        example((2, 0), shape=(4, 0), index=np.array([3, 3])),
    ],
)
getitem = primitive(
    "getitem",
    lambda x, *, index: x[index],
    lambda g, y, x, *, index: scatter_add(g, shape=x.shape, index=index),
    doc="x[index].",
    symbol="[i]",
    examples=_picked(
        ((), ()),
        ((), None),
        ((4,), 2),
        ((4,), slice(None, None, -2)),
        ((3, 4), (Ellipsis, None, 1)),
        ((3, 4), np.array([[True, False, True, True]] * 3)),
        ((3, 4), np.array([2, 0, 2])),
        ((2, 3, 4), (np.array([[0], [1]]), slice(1, None), np.array([3, 3]))),
        ((0, 3), slice(None)),
        ((2, 3), np.array([], dtype=int)),
    ),
)

Parts = tuple[Any, ...]
"""Parts of an index, before or after the one that is an operand."""


def _add_at(x: Any, numbers: Any, *, shape: tuple[int, ...], before: Parts, after: Parts) -> Any:
    return _scatter(x, shape=shape, index=(*before, numbers, *after))


take_numbers: Primitive
_EACH = {"before": (np.array([0, 1, 2]),), "after": (slice(1, 3),)}
_ROWS: dict[str, Parts] = {"before": (), "after": ()}
add_at_numbers = primitive(
    "add_at_numbers",
    _add_at,
    lambda g, y, x, numbers, *, shape, before, after: take_numbers(
        g, numbers, before=before, after=after
    ),
    None,
    doc="Zeros of a shape, with x added at the elements that an array of integers picks.",
    symbol="[i] +=",
    examples=[
        example(
            (4, 2), (4,), shape=(3, 2), **_ROWS,
            prepare=lambda x, n: (x, _numbers(n, 3)),
        ),
        example(
            (3, 2), (3,), shape=(3, 2, 4), **_EACH,
            prepare=lambda x, n: (x, _numbers(n, 2)),
        ),
    ],
)  # fmt: skip
take_numbers = primitive(
    "take_numbers",
    lambda x, numbers, *, before, after: x[(*before, numbers, *after)],
    lambda g, y, x, numbers, *, before, after: add_at_numbers(
        g, numbers, shape=x.shape, before=before, after=after
    ),
    None,
    doc="The elements that an array of integers picks, which a program may compute.",
    symbol="[i]",
    examples=[
        example(
            (3, 2), (4,), **_ROWS,
            prepare=lambda x, n: (x, _numbers(n, 3)),
        ),
        example(
            (3, 2, 4), (3,), **_EACH,
            prepare=lambda x, n: (x, _numbers(n, 2)),
        ),
    ],
)  # fmt: skip


def _numbers(drawn: Any, count: int) -> Any:
    """Return integers below a count that follow from numbers around 0."""
    return (np.abs(raw(drawn)) * 100).astype(np.int64) % count


def _at(x: Value, index: Any) -> Value:
    """Return the elements that an index picks, as NumPy does.

    Args:
        index: integers, slices, None, Ellipsis, boolean or integer arrays, lists of them, Values
            that hold integers or booleans, or a tuple of these.

    Raises:
        IndexError: as NumPy, and for an index that is a Value of floats.

    >>> x = Value([1.0, 2.0, 3.0])
    >>> x[[0, 0, 2]].sum().backward()
    >>> x.grad
    array([2., 0., 1.])
    """
    if modes.active and modes.tracer() is not None:
        parts = [raw(part) for part in index] if type(index) is tuple else [raw(index)]
        computed = [place for place, part in enumerate(parts) if isinstance(part, Traced)]
        if len(computed) == 1 and parts[computed[0]].dtype.kind in "iu":
            return _at_computed(x, parts, computed[0])
    if type(index) is tuple:
        index = tuple(_static(part) for part in index)
    elif not isinstance(index, _BASIC):
        index = _static(index)
    return getitem(x, index=index)


def _at_computed(x: Any, parts: list[Any], place: int) -> Any:
    """Return elements of a traced array, or of a Value, where one part of an index is traced."""
    before, after = (tuple(map(_static, some)) for some in (parts[:place], parts[place + 1 :]))
    return take_numbers(x, parts[place], before=before, after=after)


def _static(index: Any) -> Any:
    """Return one part of an index free of Values, and not to be altered from outside."""
    if type(index) is slice:
        return slice(*(_static(part) for part in (index.start, index.stop, index.step)))
    if isinstance(index, _BASIC):
        return index
    if isinstance(index, (list, tuple)):
        index = np.asarray([_static(part) for part in index], None if len(index) else np.intp)
    given = np.array(raw(index))
    if isinstance(index, Value) and given.dtype.kind == "f":
        raise IndexError(
            f"x[i]: the index is {index._name()} and holds {given.dtype}; integers or booleans "
            f"are needed, such as i.astype(int)"
        )
    return int(given) if given.ndim == 0 and given.dtype.kind in "iu" else given


attach_method("__getitem__", _at)
attach_comparisons()

# ------------------------------------------------------------------------ where

_where = primitive(
    "where",
    np.where,
    None,
    lambda g, y, condition, a, b: np.where(condition, g, 0),
    lambda g, y, condition, a, b: np.where(condition, 0, g),
    doc="a where a condition holds, else b.",
    examples=[
        example(*shapes, prepare=lambda c, a, b: (raw(c) > 0, a, b))
        for shapes in (
            [(), (), ()],
            [(4,), (4,), (4,)],
            [(3, 1), (4,), ()],
            [(), (2, 3), (3,)],
            [(2, 0), (2, 1), (2, 0)],
        )
    ],
)


@answers(np.where)
def where(condition: Any, *branches: Any) -> Any:
    """Return elements of the first branch where the condition holds, of the second elsewhere.

    The gradient goes to the chosen branch by selection: an infinity or a NaN in the other one
    does not reach it. With the condition alone, the indices where it holds, as `np.nonzero`.

    >>> x = Value([-1.0, 4.0])
    >>> where(x > 0, x, 0).data
    array([0., 4.])
    """
    if not branches:
        return np.nonzero(raw(condition))
    if len(branches) != 2:
        raise ValueError("where: give either both branches, or neither")
    return _where(raw(condition), *branches)


@answers(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Return elements of the choice that belongs to the first condition that holds.

    >>> x = Value([-3.0, 0.5, 3.0])
    >>> select([x < -1, x > 1], [-1.0, 1.0], x).data
    array([-1. ,  0.5,  1. ])
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            f"select: {len(condlist)} conditions and {len(choicelist)} choices; as many of the "
            f"one as of the other are needed, and at least one"
        )
    result = default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        result = np.where(raw(condition), choice, result)
    return result


# ------------------------------------------------------------------------ picking by number


def _within(indices: Any, size: int, mode: str, function: str) -> Any:
    """Apply NumPy's three ways with indices that are out of bounds."""
    indices = raw(indices)
    if mode == "raise":
        return indices
    if mode == "wrap":
        return np.mod(indices, size)
    if mode == "clip":
        return np.clip(indices, 0, size - 1)
    raise ValueError(f"{function}: mode has to be 'raise', 'wrap' or 'clip', not {mode!r}")


@answers(np.take, method="take")
def take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Return the elements with the given indices along an axis, or of the flattened array.

    >>> take(Value([[1.0, 2.0], [3.0, 4.0]]), [1, 1], axis=1).data
    array([[2., 2.],
           [4., 4.]])
    """
    if axis is None:
        a, axis = np.ravel(a), 0
    (along,) = axes(axis, np.ndim(a), "take")
    return a[(*(slice(None),) * along, _within(indices, np.shape(a)[along], mode, "take"))]


@answers(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Return the elements that arrays of indices name along an axis, row by row.

    >>> x = Value([[3.0, 1.0], [2.0, 5.0]])
    >>> take_along_axis(x, np.argmin(x, axis=1, keepdims=True), axis=1).data
    array([[1.],
           [2.]])
    """
    if axis is None:
        arr, axis = np.ravel(arr), 0
    indices, shape = as_operand(raw(indices)), np.shape(arr)
    if indices.ndim != len(shape):
        raise ShapeError(
            f"take_along_axis: indices of shape {indices.shape} need as many dimensions as the "
            f"array of shape {shape}"
        )
    if indices.dtype.kind not in "iu":
        raise IndexError(f"take_along_axis: indices have to be integers, not {indices.dtype}")
    (along,) = axes(axis, len(shape), "take_along_axis")
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in shape)])
    grid[along] = indices
    return arr[tuple(grid)]


@answers(np.choose)
def choose(a: Any, choices: Any, *, mode: str = "raise") -> Any:
    """Return an array whose every element comes from the choice that `a` numbers.

    >>> choose([0, 1], [Value([1.0, 2.0]), Value([3.0, 4.0])]).data
    array([1., 4.])
    """
    chosen = _within(a, len(choices), mode, "choose")
    chosen, *branches = np.broadcast_arrays(chosen, *choices)
    grid = np.ogrid[tuple(slice(n) for n in np.shape(chosen))]
    return np.stack(branches)[(chosen, *grid)]


@answers(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """Return the slices along an axis for which a 1-D condition holds.

    >>> compress([False, True], Value([[1.0, 2.0], [3.0, 4.0]]), axis=0).data
    array([[3., 4.]])
    """
    condition = np.asarray(raw(condition))
    if condition.ndim != 1:
        raise ShapeError(f"compress: the condition has to be 1-D, not of shape {condition.shape}")
    return np.take(a, np.flatnonzero(condition), axis=axis)


@answers(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Return the elements of the flattened array for which a condition holds.

    >>> x = Value([1.0, -2.0, 3.0])
    >>> extract(x > 0, x).data
    array([1., 3.])
    """
    return np.take(np.ravel(arr), np.flatnonzero(raw(condition)))


attach_method("compress", lambda a, condition, axis=None: compress(condition, a, axis))

# ------------------------------------------------------------------------ order


@answers(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, *, stable: bool | None = None) -> Any:
    """Return the elements along an axis, or all, in ascending order; NaN comes last.

    Each element's cotangent goes back to where it came from; equal elements keep the order of
    `np.argsort`.

    >>> x = Value([3.0, 1.0, 2.0])
    >>> sort(x)[0].backward()
    >>> x.grad
    array([0., 1., 0.])
    """
    if axis is None:
        a, axis = np.ravel(a), -1
    order = np.argsort(raw(a), axis, "stable" if stable else kind)
    return np.take_along_axis(a, order, axis)


@answers(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect") -> Any:
    """Return the elements with the kth smallest in its place, smaller before, larger after.

    >>> partition(Value([3.0, 1.0, 2.0]), 0)[0].item()
    1.0
    """
    if axis is None:
        a, axis = np.ravel(a), -1
    return np.take_along_axis(a, np.argpartition(raw(a), raw(kth), axis, kind), axis)
