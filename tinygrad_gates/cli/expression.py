"""Expressions such as `tanh(w*x + b)`, computed on Values.

Python's parser reads them and nothing of Python runs them: what is computed is arithmetic and a
list of functions, and everything else is refused at its place. Nothing here recurses.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_gates.cli.calls import called, indexed
from tinygrad_gates.cli.mistakes import parsed, pointed, verify_characters
from tinygrad_gates.cli.refusals import RefusedError, instead
from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.cli.vocabulary import CONSTANTS
from tinygrad_gates.core import Value

MAX_LENGTH = 10_000
MAX_OPERATIONS = 500
MAX_SIZE = 4_096
"""The number of elements of an array: two of them make no more than memory holds."""

Apply = Callable[..., Any]

_OPERATORS: dict[type, Apply] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_COMPARISONS: dict[type, Apply] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FAILURES = (ArithmeticError, LookupError, MemoryError, TypeError, ValueError)


@dataclass(frozen=True)
class Step:
    """A number, a name, or one operation.

    Attributes:
        node: where it stands.
        apply: what it does with the results of its operands; of a name, with all that are known.
        operands: the parts that it takes.
        name: if it is a name.
    """

    node: ast.expr
    apply: Apply
    operands: list[ast.expr]
    name: str = ""


@dataclass(frozen=True)
class Statement:
    """`name = expression`, or an expression alone: its steps, operands before what takes them."""

    node: ast.stmt
    name: str
    steps: list[Step]


class Expression:
    """One or more assignments, and an expression, with `;` or line breaks between them.

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
        if len(text) > MAX_LENGTH:
            raise UsageError(f"the expression has {len(text):,} characters; {MAX_LENGTH:,} at most")
        verify_characters(text)
        self.text = text.strip()
        self._statements = [self._statement(each) for each in parsed(self.text)]
        self._places = dict(self._free_names())
        self.names = list(self._places)

    def __call__(self, values: Mapping[str, Value]) -> Value:
        """Return the last result, for values of all names.

        Every Value that an operation makes notes the operation's text as its `source`.

        Raises:
            UsageError: for what cannot be computed.
        """
        known = {**{name: Value(x, requires_grad=False) for name, x in CONSTANTS.items()}, **values}
        result = Value(0.0)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for statement in self._statements:
                result = self._computed(statement.steps, known)
                if statement.name:
                    result.label = result.label or statement.name
                    known[statement.name] = result
        result.label = result.label or "result"
        return result

    def refusal(self, name: str, message: str) -> UsageError:
        """Return an error that points at the first place of one of the names."""
        return self._refusal(self._places[name], message)

    # ---------------------------------------------------------------- reading

    def _statement(self, node: ast.stmt) -> Statement:
        match node:
            case ast.Expr(value=expression):
                return Statement(node, "", self._steps(expression))
            case ast.Assign(targets=[ast.Name(id=name)], value=expression):
                return Statement(node, name, self._steps(expression))
        raise self._refusal(node, "only expressions and `name = expression` can be drawn")

    def _steps(self, tree: ast.expr) -> list[Step]:
        """Return the steps in the order of their computation, left operands first."""
        steps: list[Step] = []
        operations = 0
        waiting: list[ast.expr | Step] = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Step):
                steps.append(node)
                continue
            try:
                step = _step(node)
            except RefusedError as refused:
                raise self._refusal(refused.node, str(refused)) from None
            operations += bool(step.operands)
            if operations > MAX_OPERATIONS:
                raise UsageError(f"the expression has more than {MAX_OPERATIONS} operations")
            waiting += [step, *reversed(step.operands)]
        return steps

    def _free_names(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield the names that need a value, each with its first place.

        Raises `UsageError` for a part that is defined twice, or that nothing is computed from.
        """
        places: dict[str, ast.expr] = {}
        unused: dict[str, ast.stmt] = {}
        defined: set[str] = set()
        for statement in self._statements:
            for step in statement.steps:
                if not step.name:
                    continue
                unused.pop(step.name, None)
                if step.name not in defined and step.name not in CONSTANTS:
                    places.setdefault(step.name, step.node)
            name, node = statement.name, statement.node
            if name in places or name in defined:
                raise self._refusal(node, f"{name} has a value before: take another name")
            if name:
                defined.add(name)
            if node is not self._statements[-1].node:
                unused[name] = node
        for name, node in unused.items():
            what = f"{name} is not used" if name else "this is not used: write name = before it"
            raise self._refusal(node, what)
        yield from places.items()

    # ---------------------------------------------------------------- computing

    def _computed(self, steps: list[Step], known: Mapping[str, Value]) -> Value:
        results: list[Value] = []
        for step in steps:
            if step.name:
                results.append(step.apply(known))
                continue
            start = len(results) - len(step.operands)
            results[start:] = [self._result(step, results[start:])]
        return results[-1]

    def _result(self, step: Step, operands: list[Value]) -> Value:
        try:
            result = step.apply(*operands)
        except _FAILURES as failure:
            lines = (str(failure) or "not enough memory").splitlines()
            raise self._refusal(step.node, lines[0]) from None
        if not isinstance(result, Value):
            raise self._refusal(step.node, "this does not give one number or one array")
        if result.size > MAX_SIZE:
            what = f"this has {result.size:,} elements; {MAX_SIZE:,} at most can be drawn"
            raise self._refusal(step.node, what)
        if operands and all(result is not operand for operand in operands):
            _note(result, ast.get_source_segment(self.text, step.node) or "")
        return result

    # ---------------------------------------------------------------- complaining

    def _refusal(self, node: ast.AST, message: str) -> UsageError:
        # The parser counts bytes, and a statement may go over several lines.
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        line = self.text.split("\n")[first - 1]
        encoded = line.encode()
        start = len(encoded[: getattr(node, "col_offset", 0)].decode())
        end = len(encoded[: getattr(node, "end_col_offset", 0)].decode())
        return pointed(message, line, start, end if first == last else len(line))


def _note(result: Value, text: str) -> None:
    """Let what an operation computed, on the way to its result too, have the operation's text."""
    waiting = [result]
    while waiting:
        value = waiting.pop()
        if "source" not in value._extra and (value is result or value._inputs):
            value._set_extra("source", text)
            waiting += value._inputs


# -------------------------------------------------------------------- what there is


def _step(node: ast.expr) -> Step:
    """Return what a node does: all that is ever computed is listed here.

    Raises:
        RefusedError: for everything else.
    """
    match node:
        case ast.Constant(value=bool()):
            raise RefusedError(node, "truth values are not computed with: write 1 or 0")
        case ast.Constant(value=int() | float() as number):
            return Step(node, lambda: Value(_float(number), requires_grad=False), [])
        case ast.Name(id=name):
            return Step(node, operator.itemgetter(name), [], name)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return Step(node, _OPERATORS[type(op)], [operand])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return Step(node, _OPERATORS[type(op)], [left, right])
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return Step(node, _comparison(_COMPARISONS[type(op)]), [left, right])
        case ast.Call():
            return Step(node, *called(node))
        case ast.Subscript(value=value, slice=index):
            return Step(node, indexed(index), [value])
        case ast.List(elts=items):
            return Step(node, _stacked, items)
    raise RefusedError(node, instead(node))


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return np.inf


def _stacked(*items: Value) -> Any:
    shapes = list(dict.fromkeys(item.shape for item in items))
    if len(shapes) > 1:
        raise ValueError(f"the rows of an array have one shape: here are {shapes[0]}, {shapes[1]}")
    return np.stack(items)


def _comparison(compare: Apply) -> Apply:
    """Return a comparison that gives 1 where it holds, else 0: a number, as everything here."""
    return lambda a, b: Value(np.asarray(compare(a, b), np.float64), requires_grad=False)
