"""One element of an operation, as text for loops that Numba compiles."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.compile import elements
from tinygrad_gates.compile.elements import Index
from tinygrad_gates.compile.nests import terms
from tinygrad_gates.compile.program import Atom, Constant, Instruction

_FUNCTIONS = {
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "atan2": "np.arctan2",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atanh": "np.arctanh",
    "abs": "abs",
    "erf": "math.erf",
}
"""What the functions in the table's expressions are called; the others as in NumPy."""

Read = Callable[[Atom, Index], str]
"""From an atom and an index to the text of the element there, in the atom's dtype."""


def expression(step: Instruction, index: Index, read: Read) -> str:
    """Return the text of an elementwise operation's result at an index."""
    name, result = step.operation.name, step.result.dtype

    def at(atom: Atom, dtype: np.dtype[Any]) -> str:
        """Return the element that broadcasting brings to the index."""
        return converted(atom, read(atom, elements.broadcast(index, atom.shape)), dtype)

    if name == "matmul":
        return " + ".join(
            product(step, [index[0], str(k)], [str(k), index[1]], read) for k in range(terms(step))
        )
    if name == "where":
        condition, *branches = step.operands
        chosen = [at(x, result) for x in branches]
        return f"{chosen[0]} if {at(condition, np.dtype(bool))} else {chosen[1]}"
    if name == "astype":
        return at(step.operands[0], result)
    common = np.result_type(*map(_example, step.operands))
    operands = [at(x, common) for x in step.operands]
    if name == "power" and _is_two(step.operands[1]):
        return typed(f"{operands[0]} * {operands[0]}", result)  # as NumPy does, and far quicker
    assert step.operation.scalar is not None
    return typed(_numba_text(step.operation.scalar, operands, common), result)


def product(step: Instruction, left: Index, right: Index, read: Read) -> str:
    """Return the text of one element of each operand, multiplied."""
    pairs = zip(step.operands, (left, right), strict=True)
    factors = [converted(x, read(x, index), step.result.dtype) for x, index in pairs]
    return " * ".join(factors)


def _is_two(exponent: Atom) -> bool:
    return isinstance(exponent, Constant) and exponent.shape == () and exponent.value == 2


def converted(atom: Atom, text: str, dtype: np.dtype[Any]) -> str:
    """Return an element's text in a dtype."""
    return typed(text, dtype) if isinstance(atom, Constant) or atom.dtype != dtype else text


def _example(atom: Atom) -> Any:
    """Return something that promotes as an operand does."""
    if isinstance(atom, Constant):
        return atom.value
    return atom.dtype.type(0) if not atom.weak else atom.dtype.type(0).item()


def typed(text: str, dtype: np.dtype[Any]) -> str:
    """Return the text of a number in a dtype.

    >>> typed("x", np.dtype(bool))
    'np.bool_(x)'
    """
    return f"{'np.bool_' if dtype.kind == 'b' else f'np.{dtype.name}'}({text})"


def number_text(value: Any) -> str:
    """Return a number as text.

    >>> number_text(np.float32(0.5)), number_text(-np.inf)
    ('0.5', '-np.inf')
    """
    value = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    if isinstance(value, float) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else ("np.inf" if value > 0 else "-np.inf")
    return repr(value)


def _numba_text(scalar: str, operands: Sequence[str], dtype: np.dtype[Any]) -> str:
    """Return a row's expression, of operands of one dtype, in the names of Numba."""
    places = {f"_operand_{place}": text for place, text in enumerate(operands)}
    tree = ast.parse(scalar.format(*places), mode="eval")
    return ast.unparse(_Renamed(places, dtype).visit(tree))


class _Renamed(ast.NodeTransformer):
    def __init__(self, places: dict[str, str], dtype: np.dtype[Any]) -> None:
        self._places = places
        self._dtype = dtype

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self._places.get(node.id) or _FUNCTIONS.get(node.id, f"np.{node.id}")
        return ast.parse(text, mode="eval").body

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.parse(typed(repr(node.value), self._dtype), mode="eval").body
