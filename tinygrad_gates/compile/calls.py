"""Calls of NumPy for the operations of a program, as text."""

from __future__ import annotations

import ast
import operator
from typing import Any

import numpy as np

from tinygrad_gates.compile.program import Atom, Instruction, Operation, Var

_OF_SYNTAX: dict[type[ast.AST], np.ufunc] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Mod: np.remainder,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Invert: np.invert,
    ast.BitAnd: np.bitwise_and,
    ast.BitOr: np.bitwise_or,
    ast.BitXor: np.bitwise_xor,
    ast.LShift: np.left_shift,
    ast.RShift: np.right_shift,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_INFIX: dict[Any, str] = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.truediv: "/",
}
_NAMED = {"matmul": "np.matmul", "sum": "np.add.reduce"}
"""Functions of NumPy that take an array to write into, besides elementwise ones."""


def takes_out(step: Instruction) -> bool:
    """Return whether the call that computes an operation takes an array to write into."""
    operation = step.operation
    if operation.name in _NAMED:
        return True
    if _is_infix(step):
        return False
    return _single_ufunc(operation, [""] * len(step.operands)) is not None


def _is_infix(step: Instruction) -> bool:
    """Return whether an operation is arithmetic on single numbers, where operators are quicker."""
    return step.operation.forward in _INFIX and not any(x.shape for x in step.operands)


def into(call: str, array: str) -> str:
    """Return a call that takes an array to write into, with one.

    >>> into("np.add(a, b)", "c")
    'np.add(a, b, out=c)'
    """
    return f"{call.removesuffix(')')}, out={array})"


class Calls:
    """Makes the text of calls.

    Args:
        names: what variables are called.

    Attributes:
        globals: the objects that the text names, by their names.
    """

    def __init__(self, names: dict[Var, str]) -> None:
        self._names = names
        self.globals: dict[str, Any] = {"np": np}

    def of(self, step: Instruction) -> str:
        """Return the call that computes an operation's result, without an array to write into."""
        name, params, operands = step.operation.name, step.params, [*map(self.atom, step.operands)]
        if _is_infix(step):
            return f" {_INFIX[step.operation.forward]} ".join(operands)
        if (function := _single_ufunc(step.operation, operands)) is not None:
            return f"np.{function[0].__name__}({', '.join(function[1])})"
        if name == "transpose":
            return f"{operands[0]}.transpose({self._literal(params['axes'])})"
        options = [f"{option}={self._literal(item)}" for option, item in params.items()]
        function_name = _NAMED.get(name) or self._literal(step.operation.forward, name)
        return f"{function_name}({', '.join([*operands, *options])})"

    def atom(self, atom: Atom) -> str:
        """Return the text of an operand."""
        return self._names[atom] if isinstance(atom, Var) else self._literal(atom.value)

    def _literal(self, value: Any, hint: str = "constant") -> str:
        """Return text for a constant, or the name that it is kept under."""
        if type(value) in (int, bool, str, type(None)) or (
            type(value) is tuple and all(type(item) is int for item in value)
        ):
            return repr(value)
        name = f"{hint}_{len(self.globals)}"
        self.globals[name] = value
        return name


def _single_ufunc(operation: Operation, operands: list[str]) -> tuple[np.ufunc, list[str]] | None:
    """Return the ufunc that an elementwise operation is, and its arguments; None for another."""
    if isinstance(operation.forward, np.ufunc):
        return operation.forward, operands
    if operation.scalar is None:
        return None
    places = [f"_operand_{place}" for place in range(len(operands))]
    tree = ast.parse(operation.scalar.format(*places), mode="eval").body
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        ufunc, parts = getattr(np, tree.func.id, None), tree.args
    elif isinstance(tree, ast.BinOp):
        ufunc, parts = _OF_SYNTAX.get(type(tree.op)), [tree.left, tree.right]
    elif isinstance(tree, ast.Compare):
        ufunc, parts = _OF_SYNTAX.get(type(tree.ops[0])), [tree.left, *tree.comparators]
    elif isinstance(tree, ast.UnaryOp):
        ufunc, parts = _OF_SYNTAX.get(type(tree.op)), [tree.operand]
    else:
        return None
    if not isinstance(ufunc, np.ufunc) or not all(
        isinstance(part, (ast.Name, ast.Constant)) for part in parts
    ):
        return None
    named = dict(zip(places, operands, strict=True))
    return ufunc, [named.get(text, text) for text in map(ast.unparse, parts)]
