"""Calls and indices in expressions: functions by their names, and whole numbers as they stand."""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.cli.refusals import RefusedError, instead
from tinygrad_gates.cli.vocabulary import functions, is_static, meant, parameters

MAX_NUMBER = 1000
"""The largest whole number that an option may be: it may be the length of an axis."""

_OPTIONS = "axis", "keepdims"
_OPEN = object()

Static = int | tuple[int, ...] | bool


def called(call: ast.Call) -> tuple[Callable[..., Any], list[ast.expr]]:
    """Return what a call computes of the results of its operands, and these operands.

    Raises:
        RefusedError: for an unknown function, operands that do not fit it, and options other than
            `axis` and `keepdims`.

    >>> apply, operands = called(ast.parse("sum(x, axis=0)", mode="eval").body)
    >>> apply(np.ones((2, 3))), len(operands)
    (array([2., 2., 2.]), 1)
    """
    name, function = _function(call.func)
    known = parameters(function)
    operands: list[ast.expr] = []
    slots: list[Any] = []
    for place, argument in enumerate(call.args):
        parameter = known[min(place, len(known) - 1)]
        if is_static(parameter):
            slots.append(_static(argument, parameter.name, name))
        else:
            slots.append(_OPEN)
            operands.append(argument)
    options = {option.arg or "": _option(option, name) for option in call.keywords}
    try:
        inspect.Signature(known).bind(*slots, **options)
    except TypeError as failure:
        raise RefusedError(call, f"{name}: {failure}") from None
    return _filled(function, slots, options), operands


def _filled(
    function: Callable[..., Any], slots: list[Any], options: dict[str, Static]
) -> Callable[..., Any]:
    """Return a function of the open slots alone."""

    def apply(*operands: Any) -> Any:
        following = iter(operands)
        filled = [next(following) if slot is _OPEN else slot for slot in slots]
        return function(*filled, **options)

    return apply


def _function(node: ast.expr) -> tuple[str, Callable[..., Any]]:
    if isinstance(node, ast.Attribute):
        raise RefusedError(node, instead(node))
    if not isinstance(node, ast.Name):
        raise RefusedError(
            node, "only functions can be called, and products need *, as in 2*(x + 1)"
        )
    if node.id not in functions():
        raise RefusedError(node, _unknown(node.id))
    return node.id, functions()[node.id]


def _unknown(name: str) -> str:
    if callable(vars(np).get(name)):
        return f"{name} has no gradient here, or takes and gives more than numbers and arrays"
    near = meant(name, functions())
    if not near and len(name) <= 2:
        near = f": for a product write {name}*(...)"
    return f"there is no function {name!r} here{near}"


def _option(option: ast.keyword, function: str) -> Static:
    if option.arg not in _OPTIONS:
        raise RefusedError(option.value, "options are axis=0 and keepdims=True")
    return _static(option.value, option.arg, function)


def _static(node: ast.expr, name: str, function: str) -> Static:
    """Return a whole number, or several, that a parameter takes; of `keepdims`, a truth value."""
    if name == "keepdims":
        if isinstance(node, ast.Constant) and node.value in (True, False):
            return bool(node.value)
        raise RefusedError(node, "options are axis=0 and keepdims=True")
    numbers = [whole(each) for each in node.elts] if isinstance(node, ast.Tuple) else [whole(node)]
    found = tuple(number for number in numbers if number is not None)
    if len(found) < len(numbers):
        raise RefusedError(node, _not_whole(name, function))
    if any(abs(number) > MAX_NUMBER for number in found):
        raise RefusedError(node, f"{name} is at most {MAX_NUMBER} here")
    return found if isinstance(node, ast.Tuple) else found[0]


def _not_whole(name: str, function: str) -> str:
    if function in ("max", "min"):
        return f"write {function}imum(a, b) for that of two numbers: {function} takes an axis here"
    if name in _OPTIONS:
        return "options are axis=0 and keepdims=True"
    return f"{function} takes a whole number here, its {name}"


def indexed(index: ast.expr) -> Callable[[Any], Any]:
    """Return what picks by an index of whole numbers and slices.

    Raises:
        RefusedError: for any other index.

    >>> pick = indexed(ast.parse("w[0, 1:]", mode="eval").body.slice)
    >>> pick(np.eye(3))
    array([0., 0.])
    """
    return operator.itemgetter(_index(index))


def _index(node: ast.expr) -> Any:
    match node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            ends = (lower, upper, step)
            return slice(*(None if end is None else _index(end) for end in ends))
        case ast.Tuple(elts=items) if not any(isinstance(item, ast.Tuple) for item in items):
            return tuple(map(_index, items))
    number = whole(node)
    if number is None:
        raise RefusedError(node, "an index is made of whole numbers and slices: w[0, 1:]")
    return number


def whole(node: ast.expr) -> int | None:
    """Return the whole number that stands in an expression; None for anything else.

    >>> whole(ast.parse("-2", mode="eval").body)
    -2
    """
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(number)):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
    return None
