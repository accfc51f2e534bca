"""Einstein sums, in every form that NumPy takes."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answers, example, primitive
from tinygrad_gates.errors import ShapeError

# The labels of the form with lists: NumPy gives them out in this order, in which it also sorts.
_LETTERS = ascii_uppercase + ascii_lowercase


def _summed(*operands: Any, subscripts: str, optimize: Any) -> Any:
    try:
        return np.einsum(subscripts, *operands, optimize=optimize)
    except ValueError as failure:
        shapes = ", ".join(str(np.shape(x)) for x in operands)
        raise ShapeError(
            f"einsum: {subscripts!r} does not fit shapes {shapes}: {failure}"
        ) from None


def _to_operand(
    position: int, g: Any, y: Any, *operands: Any, subscripts: str, optimize: Any
) -> Any:
    # The same sum with the cotangent in this operand's place, and the operand's labels for the
    # result. A label of this operand alone was summed away: its cotangent is the same all along
    # it. A label that the operand has twice chose a diagonal: its cotangent lies there.
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    own, x = terms[position], operands[position]
    others = [(t, z) for i, (t, z) in enumerate(zip(terms, operands, strict=True)) if i != position]
    known = set(output).union(*(t for t, _ in others))
    unique = "".join(dict.fromkeys(own))
    kept = "".join(label for label in unique if label in known)
    terms = [output, *(t for t, _ in others)]
    path = optimize if isinstance(optimize, (bool, str)) else True
    sent = np.einsum(f"{','.join(terms)}->{kept}", g, *(z for _, z in others), optimize=path)
    lengths = dict(zip(own, x.shape, strict=True))
    if kept != unique:
        sent = np.expand_dims(sent, [i for i, c in enumerate(unique) if c not in known])
        shape = [n if c in known else lengths[c] for c, n in zip(unique, sent.shape, strict=True)]
        sent = np.broadcast_to(sent, shape)
    return sent if unique == own else _on_diagonals(sent, unique, own)


def _on_diagonals(x: Any, labels: str, repeated: str) -> Any:
    """Lay out an array on the diagonals of one with some labels repeated."""
    fresh = iter(c for c in _LETTERS if c not in labels)
    lengths = dict(zip(labels, x.shape, strict=True))
    terms, target, seen = [labels], [], set[str]()
    masks = []
    for label in repeated:
        if label in seen:
            target.append(next(fresh))
            terms.append(label + target[-1])
            masks.append(np.eye(lengths[label], dtype=x.dtype))
        else:
            target.append(label)
        seen.add(label)
    return np.einsum(f"{','.join(terms)}->{''.join(target)}", x, *masks)


def _example(subscripts: str, *shapes: tuple[int, ...]) -> Any:
    return example(*shapes, subscripts=subscripts, optimize=False)


_einsum = primitive(
    "einsum",
    _summed,
    variadic=_to_operand,
    doc="The sum of products over labels that the result does not have.",
    symbol="Σ",
    domain=[[(-2.0, 2.0)]],
    examples=[
        _example("ij,jk->ik", (2, 3), (3, 4)),
        _example("ij->ji", (2, 3)),
        _example("ij->", (2, 3)),
        _example("ii->i", (3, 3)),
        _example("ii->", (3, 3)),
        _example("iij,i->j", (2, 2, 3), (2,)),
        _example("iii->i", (2, 2, 2)),
        _example("ij,ij,j->i", (2, 3), (2, 3), (3,)),
        _example("ij,kl->ij", (2, 3), (2, 2)),
        _example(",i->i", (), (3,)),
        _example("ij,ij->ij", (1, 3), (2, 3)),
        _example("ij,jk->ik", (0, 3), (3, 2)),
    ],
)


@answers(np.einsum)
def einsum(*operands: Any, optimize: Any = False) -> Any:
    """Sum products over labelled axes, as NumPy's `einsum` does, in each of its forms.

    Args:
        operands: the subscripts and the arrays, `einsum("ij,jk->ik", a, b)`, with or without an
            output, with `...` for axes that broadcast; or arrays each with a list of labels,
            and perhaps one for the output, `einsum(a, [0, 1], b, [1, 2], [0, 2])`.
        optimize: whether to look for a good order of summation, as NumPy takes it.

    Raises:
        ShapeError: if the labels do not fit the arrays.

    >>> from tinygrad_gates import Value
    >>> einsum("ij,j", Value([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0])).data
    array([21., 43.])
    """
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0].replace(" ", ""), operands[1:]
    else:
        subscripts, arrays = _from_lists(operands)
    return _einsum(*arrays, subscripts=_explicit(subscripts, arrays), optimize=optimize)


def _from_lists(operands: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the subscripts and arrays of the form with lists of labels."""
    arrays, lists = operands[:-1:2], operands[1::2]
    subscripts = ",".join(_spelled(labels) for labels in lists)
    if len(operands) % 2:
        subscripts += "->" + _spelled(operands[-1])
    return subscripts, arrays


def _spelled(labels: Sequence[Any]) -> str:
    return "".join("..." if label is Ellipsis else _LETTERS[label] for label in labels)


def _explicit(subscripts: str, arrays: Sequence[Any]) -> str:
    """Return subscripts with the output and the axes of each ellipsis spelled out."""
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(arrays):
        raise ShapeError(f"einsum: {subscripts!r} is for {len(terms)} arrays, not {len(arrays)}")
    if not arrow:
        labels = sorted(set(inputs) - set(",."))
        output = "..." + "".join(label for label in labels if inputs.count(label) == 1)
    unused = [c for c in _LETTERS if c not in subscripts]
    spelled, deepest = [], 0
    for term, x in zip(terms, arrays, strict=True):
        axes = np.ndim(x) - len(term.replace("...", ""))
        if axes < 0 or (axes and "..." not in term):
            raise ShapeError(f"einsum: {term!r} in {subscripts!r} does not fit {np.shape(x)}")
        deepest = max(deepest, axes)
        spelled.append(term.replace("...", _last(unused, axes)))
    if deepest and "..." not in output:
        raise ShapeError(f"einsum: the output of {subscripts!r} needs an ellipsis, too")
    return f"{','.join(spelled)}->{output.replace('...', _last(unused, deepest))}"


def _last(letters: list[str], count: int) -> str:
    return "".join(letters[len(letters) - count :])
