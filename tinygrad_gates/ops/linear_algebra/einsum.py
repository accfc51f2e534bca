"""Sums over indices in Einstein's notation, in every form that NumPy takes.

The front door resolves the notation once: spaces, an implied output, ellipses and lists of
numbers become plain terms of letters with an explicit output. The row below it, and its rule,
know only those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answers, example, primitive, without_gradient
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.indexing import scatter_add

_NUMBERED = ascii_uppercase + ascii_lowercase
_DOTS = "."  # stands for an ellipsis in a term: one character, as every other label


def _slope(
    position: int, g: Any, y: Any, *operands: Any, subscripts: str, optimize: Any = False
) -> Any:
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    term, x = terms.pop(position), operands[position]
    others = [*operands[:position], *operands[position + 1 :]]
    distinct = "".join(dict.fromkeys(term))
    elsewhere = {*output, *"".join(terms)}
    reached = "".join(label for label in distinct if label in elsewhere)
    back = f"{','.join([output, *terms])}->{reached}"
    sent = _einsum(g, *others, subscripts=back, optimize=bool(optimize) or len(others) > 1)
    sent = _spread(sent, distinct, elsewhere, dict(zip(term, x.shape, strict=True)))
    return sent if len(distinct) == len(term) else _on_diagonal(sent, distinct, term, x.shape)


def _spread(sent: Any, labels: str, elsewhere: set[str], lengths: dict[str, int]) -> Any:
    """Repeat a cotangent along the indices that only its operand has, or has longer."""
    sent = sent[tuple(slice(None) if label in elsewhere else None for label in labels)]
    shape = tuple(
        lengths[label] if n == 1 else n for n, label in zip(sent.shape, labels, strict=True)
    )
    return sent if shape == sent.shape else np.broadcast_to(sent, shape)


def _on_diagonal(sent: Any, labels: str, term: str, shape: tuple[int, ...]) -> Any:
    """Place a cotangent by distinct indices where the indices of a term are equal."""
    lengths = dict(zip(term, shape, strict=True))
    stretched = tuple(i for i, label in enumerate(labels) if lengths[label] != sent.shape[i])
    if stretched:
        sent = sent.sum(axis=stretched, keepdims=True)
    places = np.ix_(*(np.arange(lengths[label]) for label in labels))
    index = tuple(places[labels.index(label)] for label in term)
    return scatter_add(sent, shape=shape, index=index)


_einsum = primitive(
    "einsum",
    lambda *operands, subscripts, optimize=False: np.einsum(
        subscripts, *operands, optimize=optimize
    ),
    variadic=_slope,
    doc="The sum of products over the indices that the output leaves out.",
    domain=[[(-2.0, 2.0)]],
    examples=[
        example((2, 3), (3, 4), subscripts="ij,jk->ik"),
        example((2, 3), (3, 4), subscripts="ij,jk->ki", optimize=True),
        example((2, 3), (3, 2), (2, 2), subscripts="ij,jk,kl->il"),
        example((3, 3), subscripts="ii->"),
        example((2, 3, 3), subscripts="abb->ba"),
        example((2, 2, 2), (2,), subscripts="iii,i->i"),
        example((2, 3), subscripts="ij->j"),
        example((2, 3), (4,), subscripts="ij,k->i"),
        example((2, 1), (3, 4), subscripts="ij,jk->ik"),
        example((1, 1), (3,), subscripts="ii,i->"),
        example((3, 3), (1,), subscripts="ii,i->"),
        example((), (2,), subscripts=",i->i"),
        example((0, 3), (3, 2), subscripts="ij,jk->ik"),
        example((2, 0), subscripts="ij->i"),
        example((2, 0), (1,), subscripts="ij,j->i"),
    ],
)


@answers(np.einsum)
def einsum(*operands: Any, optimize: Any = False) -> Any:
    """Sum products of operands over indices, in Einstein's notation.

    Args:
        operands: subscripts such as `"ij,jk->ik"` and then the operands; or, in turns, each
            operand and the list of its indices (integers below 52, and Ellipsis), and at last,
            perhaps, the list of the output's. An index may repeat within an operand (its
            diagonal), be in one operand alone (its sum), or have length 1 (it broadcasts).
        optimize: as `np.einsum`: contract pairs of operands in a good order.

    Raises:
        ShapeError: if the subscripts do not fit the operands.
        ValueError: if they are not subscripts.

    >>> from tinygrad_gates import Value
    >>> einsum("ij,j", Value([[1.0, 2.0], [3.0, 4.0]]), Value([1.0, 10.0])).data
    array([21., 43.])
    """
    if isinstance(operands[0], str):
        subscripts, *arrays = operands
        inputs, arrow, output = subscripts.replace(" ", "").partition("->")
        terms = [_letters(term) for term in inputs.split(",")]
        result = _letters(output) if arrow else None
    else:
        arrays = list(operands[: len(operands) // 2 * 2 : 2])
        terms = [_lettered(indices) for indices in operands[1::2]]
        result = _lettered(operands[-1]) if len(operands) % 2 else None
    resolved = _resolved(terms, result, [np.shape(x) for x in arrays])
    return _einsum(*arrays, subscripts=resolved, optimize=optimize)


without_gradient(np.einsum_path)


def _letters(term: str) -> str:
    """Return a term with its ellipsis as one character."""
    term = term.replace("...", _DOTS, 1)
    if not set(term) <= {*ascii_letters, _DOTS} or term.count(_DOTS) > 1:
        raise ValueError(f"einsum: {term!r} is not made of letters and at most one '...'")
    return term


def _lettered(indices: Sequence[Any]) -> str:
    """Return the term that a list of numbers means."""
    if any(i is not Ellipsis and not 0 <= i < len(_NUMBERED) for i in indices):
        raise ValueError(f"einsum: indices are integers from 0 to 51, or Ellipsis, not {indices}")
    term = "".join(_DOTS if i is Ellipsis else _NUMBERED[i] for i in indices)
    return _letters(term.replace(_DOTS, "..."))


def _resolved(terms: list[str], output: str | None, shapes: list[tuple[int, ...]]) -> str:
    """Return subscripts with an explicit output and no ellipsis."""
    if len(terms) != len(shapes):
        raise ShapeError(f"einsum: there are {len(terms)} terms for {len(shapes)} operands")
    depths = [_depth(term, shape) for term, shape in zip(terms, shapes, strict=True)]
    used = "".join([*terms, output or ""])
    batch = "".join(letter for letter in ascii_letters if letter not in used)[: max(depths)]
    named = [
        term.replace(_DOTS, batch[max(depths) - depth :])
        for term, depth in zip(terms, depths, strict=True)
    ]
    if output is None:
        times = Counter("".join(terms).replace(_DOTS, ""))
        output = _DOTS + "".join(sorted(label for label in times if times[label] == 1))
    elif batch and _DOTS not in output:
        raise ShapeError(f"einsum: the output {output!r} needs '...' for the axes of an ellipsis")
    output = output.replace(_DOTS, batch)
    _check(named, output, shapes)
    return f"{','.join(named)}->{output}"


def _depth(term: str, shape: tuple[int, ...]) -> int:
    """Return how many axes the ellipsis of a term stands for."""
    depth = len(shape) - len(term.replace(_DOTS, ""))
    if depth < 0 or (depth and _DOTS not in term):
        shown = term.replace(_DOTS, "...")
        raise ShapeError(f"einsum: the term {shown!r} does not fit an operand of shape {shape}")
    return depth


def _check(terms: list[str], output: str, shapes: list[tuple[int, ...]]) -> None:
    if len(set(output)) != len(output) or not set(output) <= set("".join(terms)):
        raise ValueError(f"einsum: each index of the output {output!r} is named once, in a term")
    lengths: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        own = dict(zip(term, shape, strict=True))
        for label, n in zip(term, shape, strict=True):
            if own[label] != n or (n != 1 and lengths.get(label, 1) not in (1, n)):
                raise ShapeError(f"einsum: index {label!r} has several lengths in shapes {shapes}")
            lengths[label] = n if n != 1 else lengths.get(label, 1)
