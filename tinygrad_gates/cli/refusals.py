"""What expressions refuse to draw, and what to write instead."""

from __future__ import annotations

import ast

from tinygrad_gates.cli.vocabulary import functions


class RefusedError(Exception):
    """A part of an expression is refused.

    Attributes:
        node: the part.
    """

    def __init__(self, node: ast.AST, message: str) -> None:
        super().__init__(message)
        self.node = node


_MODULES = frozenset("np numpy math tf torch jnp".split())
_INSTEAD: dict[type[ast.AST], str] = {
    ast.Lambda: "functions are not defined here; name a part, as in n = w*x; tanh(n)",
    ast.IfExp: "write where(condition, a, b)",
    ast.And: "write (a > 0) * (b > 0)",
    ast.Or: "write maximum(a > 0, b > 0)",
    ast.Not: "write 1 - (a > 0)",
    ast.FloorDiv: "write floor(a / b)",
    ast.In: "numbers are compared by < <= > >= == !=",
    ast.NotIn: "numbers are compared by < <= > >= == !=",
    ast.Is: "numbers are compared by < <= > >= == !=",
    ast.IsNot: "numbers are compared by < <= > >= == !=",
    ast.Lt: "write (a < b) * (b < c), one comparison at a time",
    ast.ListComp: "there are no loops; functions work on whole arrays",
    ast.SetComp: "there are no loops; functions work on whole arrays",
    ast.DictComp: "there are no loops; functions work on whole arrays",
    ast.GeneratorExp: "there are no loops; functions work on whole arrays",
    ast.NamedExpr: "write n = ...; before the expression",
    ast.JoinedStr: "text is not computed with",
    ast.Tuple: "write arrays with [ ]",
    ast.Set: "write arrays with [ ]",
    ast.Dict: "write arrays with [ ]",
    ast.Starred: "write each operand by itself",
}
_ANYTHING = "write arithmetic, and functions such as tanh"


def instead(node: ast.AST) -> str:
    """Return why a part of an expression is refused, and what would do.

    >>> instead(ast.parse("a if b else c", mode="eval").body)
    'this cannot be drawn: write where(condition, a, b)'
    """
    return f"this cannot be drawn: {_advice(node)}"


def _advice(node: ast.AST) -> str:
    match node:
        case ast.Attribute():
            return _of_attribute(node)
        case ast.Constant(value=str() | bytes()):
            return "text is not computed with"
        case ast.Constant(value=complex()):
            return "numbers are real here"
        case ast.BoolOp(op=op) | ast.UnaryOp(op=op) | ast.BinOp(op=op):
            return _INSTEAD.get(type(op), _ANYTHING)
        case ast.Compare(ops=[op]):
            return _INSTEAD.get(type(op), _ANYTHING)
        case ast.Compare():
            return _INSTEAD[ast.Lt]
    return _INSTEAD.get(type(node), _ANYTHING)


def _of_attribute(node: ast.Attribute) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in _MODULES:
            return f"write {name} for {module}.{name}"
        case ast.Attribute(attr="T"):
            return "write transpose(...) for .T"
        case ast.Attribute(attr=name) if name in functions():
            return f"write {name}(...) for .{name}"
    return "values have no attributes here"
