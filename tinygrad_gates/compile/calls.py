"""Calls of NumPy for the operations of a program, as text."""

from __future__ import annotations

import ast
import operator
from typing import Any, NamedTuple

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
_REDUCTIONS = {"sum": "np.add.reduce"}


class CallText(NamedTuple):
    """The call that computes a result.

    Attributes:
        text: the call, without an array to write into.
        takes_out: whether it takes one.
    """

    text: str
    takes_out: bool

    def into(self, array: str) -> str:
        """Return the call that writes into an array.

        >>> CallText("np.add(a, b)", takes_out=True).into("c")
        'np.add(a, b, out=c)'
        """
        return f"{self.text.removesuffix(')')}, out={array})"


def takes_out(step: Instruction) -> bool:
    """Return whether the call that computes an operation takes an array to write into."""
    operation = step.operation
    if operation.name == "matmul" or operation.name in _REDUCTIONS:
        return True
    if not step.result.shape and operation.forward in _INFIX:
        return False
    return _single_ufunc(operation, [""] * len(step.operands)) is not None


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

    def of(self, step: Instruction) -> CallText:
        """Return the call that computes an operation's result."""
        operands = [self.atom(x) for x in step.operands]
        if (symbol := _INFIX.get(step.operation.forward)) and not any(
            x.shape for x in step.operands
        ):
            return CallText(f" {symbol} ".join(operands), False)  # of numbers, far quicker
        if (function := _single_ufunc(step.operation, operands)) is not None:
            return CallText(f"np.{function[0].__name__}({', '.join(function[1])})", True)
        if step.operation.name == "transpose":
            return CallText(f"{operands[0]}.transpose({self._literal(step.params['axes'])})", False)
        options = [f"{name}={self._literal(item)}" for name, item in step.params.items()]
        arguments = ", ".join([*operands, *options])
        if step.operation.name == "matmul":
            return CallText(f"np.matmul({arguments})", True)
        if step.operation.name in _REDUCTIONS:
            return CallText(f"{_REDUCTIONS[step.operation.name]}({arguments})", True)
        function_name = self._literal(step.operation.forward, step.operation.name)
        return CallText(f"{function_name}({arguments})", False)

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
