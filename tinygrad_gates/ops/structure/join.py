"""Rows that join and extend arrays, and their parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tinygrad_gates.core.data import as_real
from tinygrad_gates.core.plain import raw
from tinygrad_gates.core.primitive import answer, answers, as_operand, example, primitive
from tinygrad_gates.errors import DtypeError, NotDifferentiableError, ShapeError
from tinygrad_gates.ops.reduction import axes

_ANY = [[(-2.0, 2.0)]]

# ------------------------------------------------------------------------ joining


def _concatenate_slope(
    position: int, g: Any, y: Any, *xs: Any, axis: int, bounds: tuple[int, ...]
) -> Any:
    return g[(*(slice(None),) * axis, slice(bounds[position], bounds[position + 1]))]


_concatenate = primitive(
    "concatenate",
    lambda *xs, axis, bounds: np.concatenate(xs, axis),
    variadic=_concatenate_slope,
    doc="Arrays one after the other along an axis, each between two of the bounds.",
    domain=_ANY,
    examples=[
        example((2,), axis=0, bounds=(0, 2)),
        example((2, 3), (1, 3), (0, 3), axis=0, bounds=(0, 2, 3, 3)),
        example((2, 1), (2, 2), axis=1, bounds=(0, 1, 3)),
        example((0,), (0,), axis=0, bounds=(0, 0, 0)),
    ],
)
_stack = primitive(
    "stack",
    lambda *xs, axis: np.stack(xs, axis),
    variadic=lambda position, g, y, *xs, axis: g[(*(slice(None),) * axis, position)],
    doc="Arrays of one shape side by side along a new axis.",
    domain=_ANY,
    examples=[
        example((), (), axis=0),
        example((3,), (3,), (3,), axis=0),
        example((2, 3), (2, 3), axis=2),
        example((0,), (0,), axis=1),
    ],
)


@answers(np.concatenate)
def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Join arrays along an axis that they have, or flattened ones if `axis` is None.

    Raises:
        ValueError: if the shapes differ along another axis.

    >>> from tinygrad_gates import Value
    >>> concatenate([Value([1.0, 2.0]), [3.0]]).data
    array([1., 2., 3.])
    """
    parts = [as_operand(x) for x in arrays]
    if axis is None:
        parts, axis = [np.ravel(x) for x in parts], 0
    if any(np.ndim(x) == 0 for x in parts):
        raise ShapeError("concatenate: a scalar has no axis to join along; use np.stack")
    (along,) = axes(axis, np.ndim(parts[0]), "concatenate")
    bounds = [0]
    for x in parts:
        bounds.append(bounds[-1] + (np.shape(x)[along] if np.ndim(x) > along else 0))
    return _concatenate(*parts, axis=along, bounds=tuple(bounds))


@answers(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join arrays of one shape along a new axis, which becomes the given axis of the result.

    Raises:
        ValueError: if the shapes differ.

    >>> from tinygrad_gates import Value
    >>> stack([Value(1.0), Value(2.0)]).data
    array([1., 2.])
    """
    parts = [as_operand(x) for x in arrays]
    return _stack(*parts, axis=axes(axis, np.ndim(parts[0]) + 1, "stack")[0])


@answers(np.vstack)
def vstack(tup: Sequence[Any]) -> Any:
    """Join along the first axis; vectors are rows."""
    return np.concatenate([np.atleast_2d(x) for x in tup], 0)


@answers(np.hstack)
def hstack(tup: Sequence[Any]) -> Any:
    """Join along the second axis, or vectors along their only one."""
    parts = [np.atleast_1d(x) for x in tup]
    return np.concatenate(parts, 0 if np.ndim(parts[0]) == 1 else 1)


@answers(np.dstack)
def dstack(tup: Sequence[Any]) -> Any:
    """Join along the third axis."""
    return np.concatenate([np.atleast_3d(x) for x in tup], 2)


@answers(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    """Join along the second axis; vectors are columns."""
    return np.concatenate(
        [as_operand(x) if np.ndim(x) > 1 else np.reshape(x, (-1, 1)) for x in tup], 1
    )


@answers(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Join two arrays along an axis, or flattened."""
    return np.concatenate([arr, values], axis)


@answers(np.block)
def block(arrays: Any) -> Any:
    """Join nested lists of blocks: the innermost lists along the last axis, and so on outwards.

    >>> from tinygrad_gates import Value
    >>> x = Value([[1.0]])
    >>> block([[x, 2 * x], [3 * x, 4 * x]]).data
    array([[1., 2.],
           [3., 4.]])
    """
    depth, ndim = _depth(arrays), _largest(arrays)
    return _joined(arrays, depth, max(depth, ndim))


def _depth(nested: Any) -> int:
    if not isinstance(nested, list):
        return 0
    depths = {_depth(item) for item in nested}
    if len(depths) != 1:
        raise ShapeError("block: the lists have to be nested equally deep, and none empty")
    return 1 + depths.pop()


def _largest(nested: Any) -> int:
    return max(_largest(item) for item in nested) if isinstance(nested, list) else np.ndim(nested)


def _joined(nested: Any, depth: int, ndim: int) -> Any:
    if isinstance(nested, list):
        return np.concatenate([_joined(item, depth - 1, ndim) for item in nested], -depth)
    return np.reshape(nested, (1,) * (ndim - np.ndim(nested)) + np.shape(nested))


# ------------------------------------------------------------------------ splitting


@answers(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Cut along an axis: into a number of parts as equal as can be, or before given positions.

    >>> from tinygrad_gates import Value
    >>> [part.data for part in array_split(Value([1.0, 2.0, 3.0]), 2)]
    [array([1., 2.]), array([3.])]
    """
    (along,) = axes(axis, np.ndim(ary), "array_split")
    size = np.shape(ary)[along]
    if np.ndim(indices_or_sections):
        cuts = [0, *(int(i) for i in indices_or_sections), size]
    else:
        sections = int(indices_or_sections)
        if sections <= 0:
            raise ValueError(f"array_split: at least one section is needed, got {sections}")
        longer = size % sections
        cuts = [i * (size // sections) + min(i, longer) for i in range(sections + 1)]
    ahead = (slice(None),) * along
    return [ary[(*ahead, slice(a, b))] for a, b in pairwise(cuts)]


@answers(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Cut along an axis: into a number of equal parts, or before given positions.

    Raises:
        ShapeError: if the axis does not divide into that number.

    >>> from tinygrad_gates import Value
    >>> [part.data for part in split(Value([1.0, 2.0]), 2)]
    [array([1.]), array([2.])]
    """
    if not np.ndim(indices_or_sections):
        size = np.shape(ary)[axes(axis, np.ndim(ary), "split")[0]]
        if indices_or_sections <= 0 or size % indices_or_sections:
            raise ShapeError(
                f"split: {size} elements do not divide into {indices_or_sections} equal parts; "
                f"np.array_split makes unequal ones"
            )
    return array_split(ary, indices_or_sections, axis)


@answers(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Cut along the first axis of a matrix or more, as `split`."""
    return _split_from(2, "vsplit", ary, indices_or_sections, 0)


@answers(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Cut along the second axis, or a vector along its only one, as `split`."""
    return _split_from(1, "hsplit", ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


@answers(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Cut along the third axis, as `split`."""
    return _split_from(3, "dsplit", ary, indices_or_sections, 2)


def _split_from(ndim: int, function: str, ary: Any, indices_or_sections: Any, axis: int) -> Any:
    if np.ndim(ary) < ndim:
        raise ShapeError(
            f"{function}: {ndim} dimensions or more are needed; the shape is {np.shape(ary)}"
        )
    return split(ary, indices_or_sections, axis)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """Return the slices along an axis, without it.

    >>> from tinygrad_gates import Value
    >>> [row.data for row in unstack(Value([[1.0, 2.0], [3.0, 4.0]]))]
    [array([1., 2.]), array([3., 4.])]
    """
    (along,) = axes(axis, np.ndim(x), "unstack")
    ahead = (slice(None),) * along
    return tuple(x[(*ahead, i)] for i in range(np.shape(x)[along]))


if hasattr(np, "unstack"):
    answer(np.unstack, unstack)


@answers(np.delete)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """Return what is left when the elements with these indices along an axis are taken out.

    >>> from tinygrad_gates import Value
    >>> delete(Value([1.0, 2.0, 3.0]), 1).data
    array([1., 3.])
    """
    if axis is None:
        arr, axis = np.ravel(arr), 0
    (along,) = axes(axis, np.ndim(arr), "delete")
    return np.take(arr, np.delete(np.arange(np.shape(arr)[along]), raw(obj)), axis=along)


# ------------------------------------------------------------------------ padding

_Widths = tuple[tuple[int, int], ...]


def _inside(g: Any, y: Any, x: Any, *, widths: _Widths, values: Any) -> Any:
    lengths = zip(widths, x.shape, strict=True)
    return g[tuple(slice(before, before + n) for (before, _), n in lengths)]


_pad = primitive(
    "pad",
    lambda x, *, widths, values: np.pad(x, widths or 0, constant_values=values),
    _inside,
    doc="x with constants before and after along each axis.",
    examples=[
        example((3,), widths=((1, 2),), values=0),
        example((2, 3), widths=((0, 1), (2, 0)), values=((1, 2), (3, 4))),
        example((0, 2), widths=((1, 1), (0, 0)), values=5),
    ],
)


@answers(np.pad)
def pad(
    array: Any,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Any = 0,
    reflect_type: str = "even",
) -> Any:
    """Extend along each axis, with constants or with elements of the array itself.

    Args:
        pad_width: how many elements before and after: a number, a pair for all axes, or a pair
            for each.
        mode: "constant", "edge", "reflect", "symmetric" or "wrap".
        constant_values: numbers, given as `pad_width` is; of mode "constant".
        reflect_type: "even"; NumPy's "odd" is refused.

    Raises:
        ShapeError: if the widths do not fit the axes, or are negative.
        NotDifferentiableError: for other modes, and for constants that need a gradient.

    >>> from tinygrad_gates import Value
    >>> pad(Value([1.0, 2.0]), (1, 2), "edge").data
    array([1., 1., 2., 2., 2.])
    """
    widths = _widths(pad_width, np.ndim(array))
    if mode == "constant":
        return _pad(array, widths=widths, values=_constants(constant_values))
    if mode not in ("edge", "reflect", "symmetric", "wrap") or reflect_type != "even":
        raise NotDifferentiableError(
            f"np.pad on Values does not take mode={mode!r} with reflect_type={reflect_type!r}; "
            f"it takes the modes constant, edge, reflect, symmetric and wrap, reflected evenly"
        )
    for axis, width in enumerate(widths):
        if width != (0, 0):
            positions = np.pad(np.arange(np.shape(array)[axis]), width, mode)  # type: ignore[call-overload]
            array = np.take(array, positions, axis=axis)
    return array


def _widths(pad_width: Any, ndim: int) -> _Widths:
    try:
        given = np.broadcast_to(np.asarray(pad_width), (ndim, 2))
    except ValueError:
        given = np.full((ndim, 2), -1)
    if given.dtype.kind not in "iu" or np.any(given < 0):
        raise ShapeError(
            f"pad: pad_width={pad_width!r} has to be integers, 0 or more: one, a pair, or a pair "
            f"for each of {ndim} axes"
        )
    return tuple((int(before), int(after)) for before, after in given)


def _constants(values: Any) -> Any:
    try:
        return as_real(values, None).copy()
    except DtypeError as failure:
        raise NotDifferentiableError(
            "np.pad on Values takes numbers as constant_values, and does not differentiate by "
            "them; join with np.concatenate instead"
        ) from failure
