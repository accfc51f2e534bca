"""`tinygrad-gates graph EXPRESSION`: an expression, its gradients, and its picture."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.cli.expression import Expression
from tinygrad_gates.cli.usage import UsageError, writable
from tinygrad_gates.core import Value
from tinygrad_gates.picture import graph, player
from tinygrad_gates.picture.labels import content
from tinygrad_gates.picture.values import Computation

DESCRIPTION = """\
Compute an expression and every derivative of it, print them, and draw them: as a
picture, or as a page on which the computation is stepped through.

An expression is arithmetic (+ - * / ** @), NumPy's functions by their names, and
pi and e; "name = ...;" before it names a part. It is never run as Python."""
EXAMPLES = """\
examples:
  tinygrad-gates graph "tanh(w*x + b)" --at w=2 x=-1 b=0.5
  tinygrad-gates graph "n = w*x + b; tanh(n)" --at w=2 x=-1 b=0.5 --player n.html
  tinygrad-gates graph "sum((x @ w)**2)" --at x=[1,2] w=[3,4] --input x --save s.svg
"""
PICTURES = (".svg", ".png", ".pdf", ".dot")
WIDEST = 36


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command to the parser of the whole."""
    command = commands.add_parser(
        "graph",
        help="draw an expression, with its values and gradients",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add("expression", metavar="EXPRESSION", help="such as 'tanh(w*x + b)'")
    add(
        "--at",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="a number, or an array such as [1,2] or [[1,2],[3,4]], for each name",
    )
    add(
        "--input",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="draw these as data, not as weights",
    )
    add(
        "--save",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="write the picture, as .svg, .png or .dot (.pdf with a system Graphviz)",
    )
    add("--player", type=Path, metavar="FILE", help="write the page to step through, as .html")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compute, print and draw."""
    for path in options.save:
        writable(path, PICTURES)
    if options.player is not None:
        writable(options.player, (".html", ".htm"))
    expression = Expression(options.expression)
    values = dict(_values(expression, options.at))
    inputs = [_known(name, values, "--input") for name in options.input]
    result = expression(values)
    note = _differentiate(result)
    print(table(result, inputs))
    if note:
        print(note)
    leaves = Computation(result).reached
    drawn = [value for value in inputs if id(value) in leaves]
    for path in options.save:
        graph(result, inputs=drawn).save(path)
        print(f"wrote {path}")
    if options.player is not None:
        player(result, inputs=drawn).save(options.player)
        print(f"wrote {options.player}")
    return 0


def _differentiate(result: Value) -> str:
    """Compute the gradients if there can be any; return what has to be said of it."""
    if not np.all(np.isfinite(result.numpy())):
        return "The result is not finite: a function was given what it is not defined for."
    if result.is_constant:
        return "Nothing here has a gradient: the expression has no names."
    if result.shape:
        return "Gradients are those of a single number: reduce the result, as with sum(...)."
    with np.errstate(all="ignore"):
        result.backward()
    return ""


# -------------------------------------------------------------------- the values given


def _values(expression: Expression, given: Sequence[str]) -> Iterator[tuple[str, Value]]:
    known = dict(_assignment(text) for text in given)
    missing = [name for name in expression.names if name not in known]
    if missing:
        ready = " ".join([*given, *(f"{name}=1" for name in missing)])
        names = ", ".join(missing)
        raise UsageError(f"{names} {_have(missing)} no value: give it, as with --at {ready}")
    for name in known:
        if name not in expression.names:
            near = get_close_matches(name, expression.names, 1, 0.3)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"--at {name}=...: there is no {name} in the expression{meant}")
    for name in expression.names:
        yield name, Value(known[name], name)


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _assignment(text: str) -> tuple[str, np.ndarray[Any, Any]]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"--at {text}: write NAME=VALUE, such as w=2 or w=[1,2]")
    try:
        data = np.asarray(ast.literal_eval(value.strip()))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise UsageError(
            f"--at {name}: {value!r:.60} is no number, and no array such as [[1,2],[3,4]] "
            f"with rows of one length"
        ) from None
    if data.dtype.kind not in "iuf":
        raise UsageError(f"--at {name}: numbers are needed, not {value!r:.60}")
    return name, data.astype(float)


def _known(name: str, values: dict[str, Value], option: str) -> Value:
    if name not in values:
        raise UsageError(f"{option} {name}: the names are {', '.join(values) or 'none'}")
    return values[name]


# -------------------------------------------------------------------- the table


def table(result: Value, inputs: Sequence[Value] = ()) -> str:
    """Return every value and gradient in the order of computation.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.label = "y"
    >>> y.backward()
    >>> print(table(y))
    name  value  gradient
    x         3         6
    y         9         1
    """
    rows = [("name", "value", "gradient")]
    for value in Computation(result, constants=False).in_order():
        is_input = any(value is each for each in inputs)
        gradient = "" if is_input or not value.has_grad else _text(value.grad)
        rows.append((_name(value), _text(value.numpy()), gradient))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {data:>{widths[1]}}  {gradient:>{widths[2]}}".rstrip()
        for name, data, gradient in rows
    )


def _name(value: Value) -> str:
    source = " ".join(str(value._extra.get("source", "")).split())
    named = value.label if value.label not in ("", "result") else source or value.label
    return named if len(named) <= WIDEST else f"{named[: WIDEST - 1]}…"


def _text(data: Any) -> str:
    shown = content(data)
    if isinstance(shown, str):
        return shown
    rows = [f"[{', '.join(row)}]" for row in shown]
    return rows[0] if np.ndim(data) == 1 else f"[{', '.join(rows)}]"
