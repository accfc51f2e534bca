"""NumPy source for a program: one line an operation, into arrays that are made once.

A program's results are new arrays; what is needed on the way lies in buffers, which a call takes
from a pool and gives back, so that calls in several threads do not meet.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from tinygrad_gates.compile.buffers import Plan
from tinygrad_gates.compile.loading import function_of
from tinygrad_gates.compile.program import Atom, Instruction, Operation, Program, Var

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
_REDUCTIONS = {"sum": "np.add.reduce"}


class NumpyCode:
    """A program as a Python function.

    Attributes:
        source: its text.
    """

    def __init__(self, program: Program, name: str = "program") -> None:
        self._names = program.names()
        self._globals: dict[str, Any] = {"np": np}
        calls = {step.result: self._call(step) for step in program.instructions}
        writable = {result for result, (_, takes_out) in calls.items() if takes_out}
        elementwise = {step.result for step in program.instructions if step.operation.scalar}
        plan = Plan(program, writable, writable & elementwise)
        self.source = self._text(program, name, calls, plan)
        self._function = function_of(self.source, name, self._globals)
        self._buffers = [(x.shape, x.dtype) for x in plan.buffers]
        self._pool: list[list[np.ndarray[Any, Any]]] = []

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        """Return the program's outputs for inputs of the shapes and dtypes it was made for."""
        try:
            buffers = self._pool.pop()
        except IndexError:
            buffers = [np.empty(shape, dtype) for shape, dtype in self._buffers]
        outputs: tuple[Any, ...] = self._function(buffers, *arrays)
        self._pool.append(buffers)
        return outputs

    # -------------------------------------------------------------------- text

    def _text(
        self, program: Program, name: str, calls: dict[Var, tuple[str, bool]], plan: Plan
    ) -> str:
        lines = []
        if plan.buffers:
            unpacked = ", ".join(f"_{n}" for n in range(len(plan.buffers)))
            lines.append(f"[{unpacked}] = buffers")
        for step in program.instructions:
            call = calls[step.result][0]
            if (place := plan.places.get(step.result)) is not None:
                call = f"{call.removesuffix(')')}, out=_{place})"
            lines.append(f"{self._names[step.result]} = {call}")
        outputs = "".join(f"{self._atom(x)}, " for x in program.outputs)
        inputs = ", ".join(["buffers", *(self._names[x] for x in program.inputs)])
        lines.append(f"return ({outputs})")
        return "\n    ".join([f"def {name}({inputs}):", *lines]) + "\n"

    def _call(self, step: Instruction) -> tuple[str, bool]:
        """Return the call that computes a result, and whether it takes an array to write into."""
        operands = [self._atom(x) for x in step.operands]
        if (function := _single_ufunc(step.operation, operands)) is not None:
            return f"np.{function[0].__name__}({', '.join(function[1])})", True
        options = [f"{name}={self._literal(item)}" for name, item in step.params.items()]
        arguments = ", ".join([*operands, *options])
        if step.operation.name == "matmul":
            return f"np.matmul({arguments})", True
        if step.operation.name in _REDUCTIONS:
            return f"{_REDUCTIONS[step.operation.name]}({arguments})", True
        return f"{self._literal(step.operation.forward, step.operation.name)}({arguments})", False

    def _atom(self, atom: Atom) -> str:
        return self._names[atom] if isinstance(atom, Var) else self._literal(atom.value)

    def _literal(self, value: Any, hint: str = "constant") -> str:
        """Return text for a constant, or the name that it is kept under."""
        if type(value) in (int, bool, str, type(None)) or (
            type(value) is tuple and all(type(item) is int for item in value)
        ):
            return repr(value)
        name = f"{hint}_{len(self._globals)}"
        self._globals[name] = value
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
