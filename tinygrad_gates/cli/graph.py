"""`tinygrad-gates graph EXPRESSION`: an expression, its gradients, and its picture."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.cli.expression import Expression
from tinygrad_gates.cli.given import bind, inputs_of
from tinygrad_gates.cli.usage import writable
from tinygrad_gates.core import Value
from tinygrad_gates.picture.labels import content
from tinygrad_gates.picture.values import Computation

DESCRIPTION = """\
Compute an expression and every derivative of it, print them, and draw them: as a
picture, or as a page on which the computation is stepped through.

An expression is arithmetic (+ - * / ** @), comparisons (1 where they hold, else 0),
NumPy's functions that have a gradient, by their names, and the numbers pi and e.
"name = ...;" before it names a part. It is never run as Python."""
EXAMPLES = """\
examples:
  tinygrad-gates graph "tanh(w*x + b)" --at w=2 x=-1 b=0.5
  tinygrad-gates graph "n = w*x + b; y = tanh(n)" --at w=2 x=-1 b=0.5 --player n.html
  tinygrad-gates graph "sum((x @ w)**2)" --at x=[1,2] w=[3,4] --input x --save s.svg
  tinygrad-gates graph "where(x > 0, x, 0.1*x)" --at x=-1/2

An expression that begins with - has a space before it, as any option would begin
with - as well: " -x**2"."""
PICTURES = (".svg", ".png", ".pdf", ".dot")
PAGES = (".html", ".htm")
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
    for option, metavar, text in (
        ("--at", "NAME=VALUE", "a number, or an array as [1,2] or [[1,2],[3,4]], for each name"),
        ("--input", "NAME", "draw these as data, not as weights"),
    ):
        add(option, nargs="+", action="extend", default=[], metavar=metavar, help=text)
    add(
        "--save",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="write the picture, as .svg, .png or .dot (.pdf with a system Graphviz)",
    )
    add("--player", type=Path, metavar="FILE", help="write the page to step through, as .html")
    add("--no-backward", action="store_true", help="compute no gradients")
    add("--quiet", action="store_true", help="print no table")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compute, print and draw."""
    for path in options.save:
        writable(path, PICTURES)
    if options.player is not None:
        writable(options.player, PAGES)
    expression = Expression(options.expression)
    values = bind(expression, options.at)
    inputs = inputs_of(values, options.input)
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # what is not finite is told below
        warnings.simplefilter("ignore", RuntimeWarning)
        result = expression(values)
        reason = "" if options.no_backward else _differentiate(result)
        if not options.quiet:
            print(table(result))
        for note in filter(None, [reason, _not_finite(result)]):
            print(note)
        _draw(result, inputs, options)
    return 0


def _differentiate(result: Value) -> str:
    """Compute the gradients if there can be any; return why there are none."""
    if result.is_constant:
        return "Nothing here has a gradient: the result follows no name's small changes."
    if result.shape:
        return "Gradients are those of a single number: reduce the result, as with sum(...)."
    result.backward()
    return ""


def _not_finite(result: Value) -> str:
    """Return a line on the first value, or else gradient, that is not finite; none if all are."""
    values = Computation(result).in_order()
    for value in values:
        if kind := _kind(value.numpy()):
            return f"Not finite: {_name(value) or 'a number'} is {kind}."
    for value in reversed(values):
        if value.has_grad and (kind := _kind(value.grad)):
            return f"Not finite: the gradient of {_name(value)} is {kind}."
    return ""


def _kind(data: Any) -> str:
    """Return what is not finite in numbers: nan, inf or -inf; nothing if all are finite."""
    numbers = np.ravel(data)
    unusual = numbers[~np.isfinite(numbers)]
    return str(unusual[0]) if unusual.size else ""


def _draw(result: Value, inputs: Sequence[Value], options: argparse.Namespace) -> None:
    reached = Computation(result).reached
    drawn = [value for value in inputs if id(value) in reached]  # not by way of a comparison
    for path in options.save:
        result.graph(inputs=drawn).save(path)
        print(f"wrote {path}")
    if options.player is not None:
        result.player(inputs=drawn).save(options.player)
        print(f"wrote {options.player}")


# -------------------------------------------------------------------- the table


def table(result: Value) -> str:
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
    rows = [("name", "value", "gradient" if result.has_grad else "")]
    for value in _shown(result):
        gradient = _text(value.grad) if value.has_grad else ""
        rows.append((_name(value), _text(value.numpy()), gradient))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {data:>{widths[1]}}  {gradient:>{widths[2]}}".rstrip()
        for name, data, gradient in rows
    )


def _shown(result: Value) -> Iterator[Value]:
    """Yield what has a name or a text: no plain numbers, nor what functions compute on the way."""
    values = Computation(result).in_order()
    inner = {
        id(operand)
        for value in values
        for operand in value._inputs
        if _source(operand) and _source(operand) == _source(value)
    }
    return (value for value in values if _name(value) and id(value) not in inner)


def _source(value: Value) -> str:
    return " ".join(str(value._extra.get("source", "")).split())


def _name(value: Value) -> str:
    label = value.label
    named = label if label not in ("", "result") else _source(value) or label
    return named if len(named) <= WIDEST else f"{named[: WIDEST - 3]}..."


def _text(data: Any) -> str:
    shown = content(data)
    if isinstance(shown, str):
        return shown
    rows = [f"[{', '.join(row)}]" for row in shown]
    return rows[0] if np.ndim(data) == 1 else f"[{', '.join(rows)}]"
