"""The rules of the table of primitives as text, read from their own source.

A rule is a lambda or a short function. What it computes is read from the file that it was loaded
from, so that pictures and pages show the rule that runs, and nothing is written down twice.
"""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import textwrap
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import Primitive

Definition = ast.Lambda | ast.FunctionDef
Function = Callable[..., Any]


def definition(function: Function) -> Definition | None:
    """Return the syntax tree of a function in Python; None if its source is not to be had.

    >>> square = lambda x: x * x
    >>> definition(len) is None
    True
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    found = [
        node
        for node in _definitions(code.co_filename)
        if node.lineno == code.co_firstlineno or _decorated_from(node) == code.co_firstlineno
    ]
    if len(found) > 1:  # several lambdas on one line: the one whose body holds the code
        found.sort(key=lambda node: _overlap(node, code), reverse=True)
    return found[0] if found else None


@lru_cache(maxsize=64)
def _definitions(filename: str) -> tuple[Definition, ...]:
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except SyntaxError:
        return ()
    return tuple(node for node in ast.walk(tree) if isinstance(node, Definition))


def _decorated_from(node: Definition) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min((each.lineno for each in decorators), default=-1)


def _overlap(node: Definition, code: Any) -> int:
    """Return how many instructions of a code object come from a node."""
    end = node.end_lineno, node.end_col_offset
    places = [(line, column) for line, _, column, _ in code.co_positions() if column]
    start = node.lineno, node.col_offset
    return sum(start <= place <= end for place in places)


def source(function: Function) -> str:
    """Return a function as its author wrote it: of a lambda what it returns; else its name.

    >>> import operator
    >>> source(operator.add)
    'add'
    """
    node = definition(function)
    if node is None:
        return getattr(function, "__name__", repr(function))
    lines = linecache.getlines(function.__code__.co_filename)
    if isinstance(node, ast.Lambda):
        return ast.unparse(node.body)
    return textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno])).rstrip()


# -------------------------------------------------------------------- what a call computes


def taken(function: Function, arguments: Mapping[str, Any]) -> ast.expr | None:
    """Return the expression that a function computes for these arguments, or None.

    Conditions are decided by the arguments, and the function's own variables are written out, so
    that the expression is of the arguments alone; it is computed, and returned only if it gives
    what the function gives. None is for what has loops, say, or no source.

    Args:
        function: written in Python.
        arguments: every one, by name.

    >>> def slope(g, x):
    ...     if x > 0:
    ...         return g
    ...     return 0 * g
    >>> expression = taken(slope, {"g": 1.0, "x": 2.0})  # None here: it has no file
    """
    known = _Known(function, arguments)
    try:
        expression = known.returned()
        found = known.evaluated(expression)
    except _NotPlainError:
        return None
    positional, named = _as_given(function, arguments)
    same = np.allclose(found, function(*positional, **named), equal_nan=True)
    return expression if same else None


def _as_given(function: Function, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    kinds = inspect.signature(function).parameters
    named = {n: x for n, x in arguments.items() if kinds[n].kind is inspect.Parameter.KEYWORD_ONLY}
    return [x for n, x in arguments.items() if n not in named], named


def arguments_of(function: Function, positional: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by name, defaults included."""
    bound = inspect.signature(function).bind(*positional, **named)
    bound.apply_defaults()
    return dict(bound.arguments)


class _NotPlainError(Exception):
    """A function is more than conditions, assignments and what it returns."""


class _Known(ast.NodeTransformer):
    """Decides conditions, and writes variables out, given the arguments of a call."""

    def __init__(self, function: Function, arguments: Mapping[str, Any]) -> None:
        self._function = function
        closure = inspect.getclosurevars(function).nonlocals
        self._names = ChainMap(dict(arguments), dict(closure), function.__globals__)
        self._variables: dict[str, ast.expr] = {}

    def returned(self) -> ast.expr:
        """Return what the function returns."""
        node = copy.deepcopy(definition(self._function))  # what follows alters it
        if isinstance(node, ast.Lambda):
            return self.decided(node.body)
        found = None if node is None else self._run(node.body)
        if found is None:
            raise _NotPlainError
        return found

    def _run(self, body: list[ast.stmt]) -> ast.expr | None:
        for statement in body:
            match statement:
                case ast.Return(value=ast.expr() as value):
                    return self.decided(value)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._variables[name] = self.decided(value)
                case ast.If(test=test, body=then, orelse=otherwise):
                    inner = self._run(then if self._value(test) else otherwise)
                    if inner is not None:
                        return inner
                case ast.Expr(value=ast.Constant()):
                    continue  # the docstring
                case _:
                    raise _NotPlainError
        return None

    def decided(self, expression: ast.expr) -> ast.expr:
        """Return an expression with its conditions decided and its variables written out."""
        done: ast.expr = self.visit(expression)
        return done

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._variables.get(node.id, node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Count out whole numbers, and divide nothing by one."""
        done = ast.BinOp(self.decided(node.left), node.op, self.decided(node.right))
        if not isinstance(done.right, ast.Constant):
            return done
        if isinstance(node.op, ast.FloorDiv) and isinstance(done.left, ast.Constant):
            return ast.Constant(self.evaluated(done))
        is_by_one = isinstance(node.op, ast.Div) and done.right.value == 1
        return done.left if is_by_one else done

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return self.decided(node.body if self._value(node.test) else node.orelse)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Put in the numbers of elements and axes."""
        inner = ast.Attribute(self.decided(node.value), node.attr, node.ctx)
        return ast.Constant(self.evaluated(inner)) if node.attr in ("size", "ndim") else inner

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Decide `np.where` by a condition that is the same for all elements.

        A function of the package is replaced by what it computes, if it is plain.
        """
        if ast.unparse(node.func) == "np.where" and len(node.args) == 3:
            condition = np.asarray(self._value(node.args[0]))
            if condition.all() or not condition.any():
                return self.decided(node.args[1] if condition.all() else node.args[2])
        call = ast.Call(
            self.decided(node.func),
            [self.decided(argument) for argument in node.args],
            [ast.keyword(each.arg, self.decided(each.value)) for each in node.keywords],
        )
        if ast.unparse(call.func) in ("max", "min") and all(
            isinstance(argument, ast.Constant) for argument in call.args
        ):
            return ast.Constant(self.evaluated(call))
        helper = self._names.get(getattr(node.func, "id", ""))
        return self._written_out(helper, call) if inspect.isfunction(helper) else call

    def _written_out(self, helper: Function, call: ast.Call) -> ast.expr:
        """Return what a call of another function computes, or the call as it is."""
        named = {str(each.arg): each.value for each in call.keywords}
        given = arguments_of(helper, call.args, named)
        values = {
            name: self._value(each) if isinstance(each, ast.expr) else each
            for name, each in given.items()
        }
        inner = _Known(helper, values)
        inner._variables = {n: each for n, each in given.items() if isinstance(each, ast.expr)}
        try:
            written = inner.returned()
            self.evaluated(written)
        except _NotPlainError:
            return call
        return written

    def _value(self, expression: ast.expr) -> Any:
        return self.evaluated(self.decided(expression))

    def evaluated(self, expression: ast.expr) -> Any:
        """Return what a part of the function computes."""
        # A part of the rule itself, in the rule's own module: nothing else gets here.
        whole = ast.fix_missing_locations(ast.Expression(expression))
        try:
            return eval(compile(whole, "<rule>", "eval"), {}, self._names)
        except Exception:  # a name of another module, say, in what a helper computes
            raise _NotPlainError from None


# -------------------------------------------------------------------- rows of the table


@dataclass(frozen=True)
class RowText:
    """A row of the table as text.

    Attributes:
        forward: what it computes, in NumPy's words.
        rules: the rule of each operand.
        domain: where it is differentiable, or is checked.
    """

    forward: str
    rules: tuple[str, ...]
    domain: str


def row_text(row: Primitive) -> RowText:
    """Return a row of the table as text.

    >>> from tinygrad_gates.core import REGISTRY
    >>> row_text(REGISTRY["tanh"])
    RowText(forward='tanh(x)', rules=('g * (1 - y * y)',), domain='-2 to 2')
    """
    rules = row.vjps if isinstance(row.vjps, tuple) else (row.vjps,)
    domain = "; ".join(
        " or ".join(f"{low:g} to {high:g}" for low, high in intervals) for intervals in row.domain
    )
    return RowText(
        forward=source(row.forward) if row.scalar is None else _elementwise(row),
        rules=tuple("no gradient" if rule is None else source(rule) for rule in rules),
        domain=domain,
    )


def _elementwise(row: Primitive) -> str:
    """Return an elementwise row's expression of one element, with its rules' names of operands."""
    rules = [rule for rule in row.vjps if rule is not None]  # type: ignore[union-attr]
    names = list(inspect.signature(rules[0]).parameters)[2:]
    return str(row.scalar).format(*names)
