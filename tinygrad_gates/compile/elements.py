"""Where the elements of an array are: index arithmetic for views, as text for generated loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

from tinygrad_gates.compile.program import Instruction

Index = Sequence[str]
"""The text of an index along each axis."""


def broadcast(index: Index, shape: tuple[int, ...]) -> list[str]:
    """Return the index, in an array of a shape, of what stands at an index after broadcasting.

    >>> broadcast(["i", "j"], (1, 3)), broadcast(["i", "j"], (3,))
    (['0', 'j'], ['j'])
    """
    own = list(index)[len(index) - len(shape) :] if shape else []
    return ["0" if length == 1 else each for each, length in zip(own, shape, strict=True)]


def place(index: Index, shape: tuple[int, ...]) -> str:
    """Return the place, among all elements in order, of the one at an index.

    >>> place(["i", "0", "j + 1"], (4, 1, 3)), place(["1", "j"], (2, 3))
    ('i * 3 + (j + 1)', '3 + j')
    """
    terms, stride = [], 1
    for each, length in zip(reversed(index), reversed(shape), strict=True):
        if each.isdigit():
            terms.append(str(int(each) * stride))
        else:
            text = each if each.isidentifier() else f"({each})"
            terms.append(text if stride == 1 else f"{text} * {stride}")
        stride *= length
    return " + ".join(term for term in reversed(terms) if term != "0") or "0"


Finder = Callable[[Index], list[str]]


class View(NamedTuple):
    """An operation that only moves elements.

    Attributes:
        step: the operation.
        find: from an index in its result, that in its operand.
    """

    step: Instruction
    find: Finder


def view(step: Instruction) -> View | None:
    """Return an operation that only moves elements as a view; None for another."""
    (source, *_), params = step.operands, step.params
    finder = _FINDERS.get(step.operation.name)
    find = finder(source.shape, step.result.shape, **params) if finder else None
    return None if find is None else View(step, find)


def _identity(before: Any, after: Any) -> Finder:
    return list


def _transpose(before: Any, after: Any, *, axes: tuple[int, ...]) -> Finder:
    def find(index: Index) -> list[str]:
        found = [""] * len(axes)
        for place, axis in enumerate(axes):
            found[axis] = index[place]
        return found

    return find


def _broadcast_to(before: tuple[int, ...], after: Any, *, shape: Any) -> Finder:
    return lambda index: broadcast(index, before)


def _flip(before: tuple[int, ...], after: Any, *, axis: tuple[int, ...]) -> Finder:
    return lambda index: [
        f"{length - 1} - ({each})" if place in axis else each
        for place, (each, length) in enumerate(zip(index, before, strict=True))
    ]


def _reshape(before: tuple[int, ...], after: tuple[int, ...], *, shape: Any) -> Finder:
    if [n for n in before if n != 1] == [n for n in after if n != 1]:  # axes of length 1 alone

        def find(index: Index) -> list[str]:
            long = iter([each for each, n in zip(index, after, strict=True) if n != 1])
            return ["0" if n == 1 else next(long) for n in before]

        return find

    def find_by_place(index: Index) -> list[str]:
        place = " + ".join(
            f"({each}) * {prod(after[axis + 1 :])}" for axis, each in enumerate(index)
        )
        return [
            f"({place or '0'}) // {prod(before[axis + 1 :])} % {n}" for axis, n in enumerate(before)
        ]

    return find_by_place


def _getitem(before: tuple[int, ...], after: Any, *, index: Any) -> Finder | None:
    parts = index if isinstance(index, tuple) else (index,)
    if not all(isinstance(part, (int, slice, type(None), type(Ellipsis))) for part in parts):
        return None
    taken = sum(isinstance(part, (int, slice)) for part in parts)
    rest = [slice(None)] * (len(before) - taken)
    where = parts.index(Ellipsis) if Ellipsis in parts else len(parts)
    parts = (*parts[:where], *rest, *parts[where + 1 :])

    def find(given: Index) -> list[str]:
        remaining, lengths, found = iter(given), iter(before), []
        for part in parts:
            if part is None:
                next(remaining)
            elif isinstance(part, int):
                length = next(lengths)
                found.append(str(part + length if part < 0 else part))
            else:
                start, _, stride = part.indices(next(lengths))
                found.append(f"{start} + {stride} * ({next(remaining)})")
        return found

    return find


_FINDERS: dict[str, Callable[..., Finder | None]] = {
    "identity": _identity,
    "transpose": _transpose,
    "broadcast_to": _broadcast_to,
    "flip": _flip,
    "reshape": _reshape,
    "getitem": _getitem,
}
