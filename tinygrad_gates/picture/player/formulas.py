"""Formulas as a learner writes them, from Python's syntax, with names or numbers put in.

A formula is a list of parts: text, or a number or matrix that stands for a Value.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tinygrad_gates.picture.labels import content, number


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a formula says of one Value: its name, its number, or its matrix.

    Attributes:
        shown: text, or a small matrix as rows of text.
        of: the name of the node that it is about; empty if it is about none.
        kind: "data" or "grad", which decides its colour.
    """

    shown: str | Sequence[Sequence[str]]
    of: str = ""
    kind: str = "data"


Part = str | Quantity
Formula = list[Part]

_SIGNS: dict[type, tuple[str, int]] = {
    ast.BitOr: (" or ", 10),
    ast.BitAnd: (" and ", 20),
    ast.Add: (" + ", 50),
    ast.Sub: (" − ", 50),
    ast.Mult: (" × ", 60),
    ast.Div: (" / ", 60),
    ast.FloorDiv: (" // ", 60),
    ast.Mod: (" mod ", 60),
    ast.MatMult: (" @ ", 60),
    ast.Pow: (" ** ", 80),
    ast.Eq: (" = ", 40),
    ast.NotEq: (" ≠ ", 40),
    ast.Lt: (" < ", 40),
    ast.LtE: (" ≤ ", 40),
    ast.Gt: (" > ", 40),
    ast.GtE: (" ≥ ", 40),
}
_UNARY = 70
_WITHIN = 5
"""What is added where an operand is not the first: there, signs need brackets."""
_TIGHTEST = 90
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CONSTANTS = {"np.pi": "π", "np.e": "e", "np.inf": "∞", "math.pi": "π"}


def quantity(data: Any, name: str = "", kind: str = "data", large: str = "") -> Quantity:
    """Return what stands for data in a formula; `large` for an array that is not written out."""
    shown = content(data)
    is_range = isinstance(shown, str) and bool(getattr(data, "shape", ()))
    return Quantity(large if is_range and large else shown, name, kind)


def written(expression: ast.expr, stands: Mapping[str, Part]) -> Formula:
    """Return an expression as a formula, with what stands for its names.

    >>> written(ast.parse("g * (1 - y * y)", mode="eval").body, {"g": "g", "y": "tanh(x)"})
    ['g', ' × ', '(', '1', ' − ', 'tanh(x)', ' × ', 'tanh(x)', ')']
    """
    return _Writer(stands).write(expression, 0)


def text_of(formula: Sequence[Part]) -> str:
    """Return a formula as text alone, for a screen reader.

    >>> text_of(["2 × ", Quantity((("1", "2"), ("3", "4")))])
    '2 × [1 2; 3 4]'
    """
    return "".join(part if isinstance(part, str) else _said(part.shown) for part in formula)


def _said(shown: str | Sequence[Sequence[str]]) -> str:
    if isinstance(shown, str):
        return shown
    return f"[{'; '.join(' '.join(row) for row in shown)}]"


def without_cotangent(expression: ast.expr, cotangent: str) -> ast.expr:
    """Return an elementwise rule for a cotangent of 1: the local derivative.

    >>> ast.unparse(without_cotangent(ast.parse("-g * np.sin(x)", mode="eval").body, "g"))
    '-np.sin(x)'
    """
    found: ast.expr = _One(cotangent).visit(expression)
    return found


class _One(ast.NodeTransformer):
    """Puts 1 in for a name, and leaves out factors of 1."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(1) if node.id == self._name else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, (ast.Mult, ast.Div)) and _is_one(right):
            return left
        if isinstance(node.op, ast.Mult):
            if _is_one(left):
                return right
            if _is_minus_one(left):
                return ast.UnaryOp(ast.USub(), right)
        return ast.BinOp(left, node.op, right)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1 and node.value is not True


def _is_minus_one(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_one(node.operand)


class _Writer:
    """Writes expressions, in brackets where what is around binds more tightly."""

    def __init__(self, stands: Mapping[str, Part]) -> None:
        self._stands = stands

    def write(self, node: ast.expr, around: int) -> Formula:
        match node:
            case ast.Name(id=name):
                return self._bracketed_number(self._stands.get(name, name), around)
            case ast.Constant(value=value):
                return self._bracketed_number(_literal(value), around)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))):
                if 0 <= power <= 9:
                    return [*self.write(left, _TIGHTEST), str(power).translate(_SUPERSCRIPTS)]
        return self._operation(node, around)

    def _operation(self, node: ast.expr, around: int) -> Formula:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                sign, tightness = _SIGNS.get(type(op), (f" {type(op).__name__} ", 10))
                parts = [
                    *self.write(left, tightness),
                    sign,
                    *self.write(right, tightness + _WITHIN),
                ]
                return _bracketed(parts, tightness < around)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _bracketed(
                    ["−", *self.write(operand, _UNARY + _WITHIN)], _needs_sign_apart(around)
                )
            case ast.UnaryOp(op=ast.Invert() | ast.Not(), operand=operand):
                return _bracketed(["not ", *self.write(operand, _UNARY)], around > 20)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sign, tightness = _SIGNS.get(type(op), (f" {type(op).__name__} ", 40))
                parts = [*self.write(left, 50), sign, *self.write(right, 50)]
                return _bracketed(parts, tightness < around)
        return self._call(node)

    def _call(self, node: ast.expr) -> Formula:
        match node:
            case ast.Attribute(value=value, attr="T"):
                return [*self.write(value, _TIGHTEST), "ᵀ"]
            case ast.Attribute() if ast.unparse(node) in _CONSTANTS:
                return [_CONSTANTS[ast.unparse(node)]]
            case ast.Attribute(value=ast.Name(id="np" | "math"), attr=name):
                return [name]
            case ast.Attribute(value=value, attr=name):
                return [*self.write(value, _TIGHTEST), f".{name}"]
            case ast.Subscript(value=value, slice=index):
                text = ast.unparse(index)
                inner = text[1:-1] if isinstance(index, ast.Tuple) else text
                return [*self.write(value, _TIGHTEST), f"[{inner}]"]
            case ast.Call(func=function, args=args, keywords=keywords):
                listed = [self.write(argument, 0) for argument in args]
                listed += [[f"{each.arg}=", *self.write(each.value, 0)] for each in keywords]
                return [*self.write(function, _TIGHTEST), "(", *_listed(listed), ")"]
            case ast.Tuple(elts=items):
                comma = "," if len(items) == 1 else ""
                return ["(", *_listed([self.write(item, 0) for item in items]), f"{comma})"]
        return [ast.unparse(node)]

    def _bracketed_number(self, part: Part, around: int) -> Formula:
        """Return a part of its own, in brackets if it is a negative number within a product."""
        shown = part if isinstance(part, str) else part.shown
        is_negative = isinstance(shown, str) and shown.startswith(("-", "−"))
        return _bracketed([part], is_negative and _needs_sign_apart(around))


def _needs_sign_apart(around: int) -> bool:
    return around % 10 == _WITHIN or around > _UNARY


def _bracketed(parts: Formula, are_needed: bool) -> Formula:
    return ["(", *parts, ")"] if are_needed else parts


def _listed(formulas: Sequence[Formula]) -> Formula:
    parts: Formula = []
    for formula in formulas:
        parts += [", ", *formula] if parts else formula
    return parts


def _literal(value: Any) -> str:
    return number(value) if isinstance(value, (int, float)) else repr(value)
