"""Expressions such as `tanh(w*x + b)`, computed on Values.

Python's parser reads them and nothing of Python runs them: what is computed is arithmetic and a
list of functions, and everything else is refused at its place.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np

from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.core import REGISTRY, Value
from tinygrad_gates.core.dispatch import FUNCTIONS, METHODS, UFUNCS

MAX_LENGTH = 10_000
MAX_DEPTH = 100

_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.Mod: operator.mod,
}
_CONSTANTS = {"pi": math.pi, "e": math.e}
_OTHERS = """
    sum mean prod max min amax amin var std logsumexp softmax log_softmax norm dot matmul vdot inner
    transpose trace det inv solve where
""".split()
_OPTIONS = {"axis": int, "keepdims": bool}


def functions() -> dict[str, Callable[..., Any]]:
    """Return what may be called, by name: every elementwise row, reductions, and products."""
    known: dict[str, Callable[..., Any]] = {
        **{function.__name__: found for function, (found, _) in FUNCTIONS.items()},
        **{name: method for name, method in METHODS.items() if not name.startswith("_")},
    }
    found = {name: known[name] for name in _OTHERS if name in known}
    elementwise = {row.name: row for row in REGISTRY.values() if row.scalar is not None}
    rows = set(elementwise.values())
    found |= {ufunc.__name__: row for ufunc, row in UFUNCS.items() if row in rows}
    return found | elementwise | {"abs": REGISTRY["absolute"]}


class Expression:
    """One or more assignments and expressions, with `;` or line breaks between them.

    Args:
        text: such as `n = w*x + b; tanh(n)`.

    Attributes:
        names: the names that need a value, in their order.

    Raises:
        UsageError: if this is no expression; the message has a line that points at the place.

    >>> expression = Expression("tanh(w*x + b)")
    >>> expression.names
    ['w', 'x', 'b']
    >>> expression(dict(w=Value(2.0), x=Value(-1.0), b=Value(2.0))).item()
    0.0
    """

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) > MAX_LENGTH:
            raise UsageError(f"the expression has {len(text):,} characters; {MAX_LENGTH:,} at most")
        self._statements = self._parsed()
        self._functions = functions()
        self.names = list(dict.fromkeys(self._free_names()))

    def __call__(self, values: Mapping[str, Value]) -> Value:
        """Return the last result, for values of all names.

        Raises `UsageError` for what cannot be computed.
        """
        known: dict[str, Any] = dict(values)
        result: Any = None
        with np.errstate(all="ignore"):
            for name, expression in self._statements:
                result = self._computed(expression, known, 0)
                if not isinstance(result, Value):
                    result = Value(result, requires_grad=False)
                if name:
                    result.label = name
                    known[name] = result
        result.label = result.label or "result"
        return result

    # ---------------------------------------------------------------- reading

    def _parsed(self) -> list[tuple[str, ast.expr]]:
        try:
            tree = ast.parse(self._text.strip())
        except SyntaxError as error:
            self._fail(self._hint(error), error.lineno or 1, (error.offset or 1) - 1, 1)
        except (RecursionError, MemoryError):
            raise UsageError("the expression is nested too deeply to be read") from None
        except ValueError as error:
            raise UsageError(f"the expression cannot be read: {error}") from None
        statements = [self._statement(each) for each in tree.body]
        if not statements:
            raise UsageError("the expression is empty: give one such as 'tanh(w*x + b)'")
        return statements

    def _hint(self, error: SyntaxError) -> str:
        line = (error.text or "").rstrip("\n")
        before = line[: max((error.offset or 1) - 1, 0)].rstrip()
        if before[-1:].isdigit() or "decimal literal" in str(error.msg):
            return "write * for products, as in 2*x"
        return f"this is no expression: {error.msg}"

    def _statement(self, statement: ast.stmt) -> tuple[str, ast.expr]:
        match statement:
            case ast.Expr(value=expression):
                return "", expression
            case ast.Assign(targets=[ast.Name(id=name)], value=expression):
                return name, expression
        self._refuse(statement, "only expressions and `name = expression` can be drawn")

    def _free_names(self) -> Iterator[str]:
        assigned: set[str] = set()
        for name, expression in self._statements:
            called = {id(n.func) for n in ast.walk(expression) if isinstance(n, ast.Call)}
            places = [n for n in ast.walk(expression) if isinstance(n, ast.Name)]
            for place in sorted(places, key=lambda n: (n.lineno, n.col_offset)):
                is_known = place.id in assigned or place.id in _CONSTANTS
                if id(place) not in called and not is_known:
                    yield place.id
            assigned.add(name)

    # ---------------------------------------------------------------- computing

    def _computed(self, node: ast.expr, known: Mapping[str, Any], depth: int) -> Any:
        if depth > MAX_DEPTH:
            self._refuse(node, f"this is nested more than {MAX_DEPTH} times")
        operands = self._operands(node, known, depth + 1)
        try:
            result = self._result(node, known, operands)
        except UsageError:
            raise
        except (ArithmeticError, ValueError, TypeError, IndexError) as error:
            self._refuse(node, str(error).splitlines()[0])
        if isinstance(result, Value) and result._inputs and "source" not in result._extra:
            result._set_extra("source", ast.get_source_segment(self._text.strip(), node) or "")
        return result

    def _operands(self, node: ast.expr, known: Mapping[str, Any], depth: int) -> list[Any]:
        match node:
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.UnaryOp(operand=operand):
                parts = [operand]
            case ast.Call(args=args):
                self._function(node.func)  # an unknown one is told of before its arguments
                parts = args
            case ast.Subscript(value=value):
                parts = [value]
            case ast.List(elts=items) | ast.Tuple(elts=items):
                parts = items
            case _:
                parts = []
        return [self._computed(part, known, depth) for part in parts]

    def _result(self, node: ast.expr, known: Mapping[str, Any], operands: list[Any]) -> Any:
        match node:
            case ast.Constant(value=bool()):
                self._refuse(node, "truth values are not computed with")
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name) if name in known:
                return known[name]
            case ast.Name(id=name) if name in _CONSTANTS:
                return _CONSTANTS[name]
            case ast.BinOp(op=op) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](_on_values(operands)[0], operands[1])
            case ast.BinOp(op=ast.BitXor()):
                self._refuse(node, "write ** for powers")
            case ast.UnaryOp(op=ast.USub()):
                return -operands[0]
            case ast.UnaryOp(op=ast.UAdd()):
                return operands[0]
            case ast.Call():
                return self._called(node, operands)
            case ast.Subscript(slice=index):
                return operands[0][self._index(index)]
            case ast.List() | ast.Tuple():
                return operands
            case ast.Name(id=name):
                self._refuse(node, f"{name!r} has no value")
        self._refuse(node, "this cannot be drawn: write arithmetic, and functions such as tanh")

    def _called(self, node: ast.Call, operands: list[Any]) -> Any:
        function = self._function(node.func)
        return function(*_on_values(operands), **dict(self._options(node)))

    def _function(self, node: ast.expr) -> Callable[..., Any]:
        if not isinstance(node, ast.Name):
            self._refuse(node, "only functions can be called, by their names: tanh(x)")
        if node.id not in self._functions:
            near = " or ".join(map(repr, get_close_matches(node.id, self._functions, 2)))
            meant = f"; did you mean {near}?" if near else ""
            self._refuse(node, f"there is no function {node.id!r} here{meant}")
        return self._functions[node.id]

    def _options(self, call: ast.Call) -> Iterator[tuple[str, Any]]:
        for option in call.keywords:
            kind = _OPTIONS.get(option.arg or "")
            match option.value:
                case ast.Constant(value=value) if kind is not None and type(value) is kind:
                    yield str(option.arg), value
                case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if (
                    kind is int
                ):
                    yield str(option.arg), -value
                case _:
                    self._refuse(option.value, "options are axis=0 and keepdims=True")

    def _index(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int(value)):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
                return -value
            case ast.Slice(lower=lower, upper=upper, step=step):
                ends = (lower, upper, step)
                return slice(*(None if end is None else self._index(end) for end in ends))
            case ast.Tuple(elts=items):
                return tuple(map(self._index, items))
        self._refuse(node, "an index is made of whole numbers and slices: w[0, 1:]")

    # ---------------------------------------------------------------- complaining

    def _refuse(self, node: ast.AST, reason: str) -> NoReturn:
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 1) or 1
        line = getattr(node, "lineno", 1)
        text = self._text.strip().splitlines()[line - 1].encode()
        width = end - start if getattr(node, "end_lineno", line) == line else len(text) - start
        column, marked = len(text[:start].decode()), len(text[start : start + width].decode())
        self._fail(reason, line, column, marked)

    def _fail(self, reason: str, line: int, column: int, width: int) -> NoReturn:
        lines = self._text.strip().splitlines() or [""]
        shown = lines[min(line, len(lines)) - 1]
        start = max(0, column - 50)
        part = shown[start : start + 70]
        raise UsageError(
            f"{reason}\n  {part}\n  {' ' * (column - start)}{'^' * max(1, width)}"[:600]
        )


def _on_values(operands: list[Any]) -> list[Any]:
    """Return operands of which the first is a Value if none is, so that NumPy's rules hold."""
    if any(isinstance(operand, Value) for operand in operands) or not operands:
        return operands
    first = Value(operands[0], requires_grad=False)
    return [first, *operands[1:]]
