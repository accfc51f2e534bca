"""The values that names are given on the command line: `--at w=2 x=[1,2]`, and `--input x`."""

from __future__ import annotations

import keyword
import shlex
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tinygrad_gates.cli.expression import MAX_SIZE, Expression
from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.cli.vocabulary import CONSTANTS, functions, meant
from tinygrad_gates.core import Value

_EXAMPLES = "2 -1 0.5 3 1.5 -2".split()
_KINDS = "{0}", "[{0},1]", "[[{0},1],[0.5,3]]"


def bind(expression: Expression, given: Sequence[str]) -> dict[str, Value]:
    """Return a Value for each name of an expression, from what `--at` was given.

    Raises:
        UsageError: for a name without a value, a value without its name, or no value at all.

    >>> bind(Expression("x * y"), ["x=2", "y=[1, 1/2]"])["y"]
    Value(data=[1. , 0.5], grad=0.0, label='y')
    """
    values: dict[str, Value] = {}
    for text in given:
        name, value = _assignment(text)
        if name in values:
            raise UsageError(f"--at {text}: {name} has a value already")
        values[name] = value
    missing = [name for name in expression.names if name not in values]
    unused = [name for name in values if name not in expression.names]
    if missing:
        raise _without_value(expression, missing, unused, given)
    for name in unused:
        raise UsageError(f"--at {name}=...: {_not_there(name, expression.names)}")
    return {name: values[name] for name in expression.names}


def inputs_of(values: Mapping[str, Value], names: Iterable[str]) -> list[Value]:
    """Return the Values that `--input` names.

    Raises:
        UsageError: for a name that has none.
    """
    for name in names:
        if name not in values:
            raise UsageError(f"--input {name}: the names are {', '.join(values) or 'none'}")
    return [values[name] for name in dict.fromkeys(names)]


# -------------------------------------------------------------------- one value


def _assignment(text: str) -> tuple[str, Value]:
    name, equals, value = text.partition("=")
    name = unicodedata.normalize("NFKC", name.strip())  # as Python's parser does
    if not equals or not name.isidentifier() or not value.strip():
        raise UsageError(f"--at {text:.60}: write NAME=VALUE, such as w=2 or w=[1,2]")
    if keyword.iskeyword(name):
        raise UsageError(f"--at {text:.60}: {name} is a word of Python's: take another name")
    if name in CONSTANTS:
        raise UsageError(f"--at {text:.60}: {name} is a number already: take another name")
    try:
        number = _number(value)
    except UsageError as failure:
        raise UsageError(f"--at {name}: {failure}") from None
    return name, Value(number.numpy(), name)


def _number(text: str) -> Value:
    """Return a number or an array that an expression without names computes."""
    expression = Expression(text)
    for name in expression.names:
        raise expression.refusal(name, f"{name} is no number, and no array such as [[1,2],[3,4]]")
    number = expression({})
    if number.size > MAX_SIZE:
        raise UsageError(f"{number.size:,} numbers are more than {MAX_SIZE:,}")
    return number


# -------------------------------------------------------------------- names and values that miss


def _without_value(
    expression: Expression, missing: Sequence[str], unused: Sequence[str], given: Sequence[str]
) -> UsageError:
    for name in missing:
        if name in functions():
            return expression.refusal(name, f"{name} is a function: write {name}(...)")
    have = f"{', '.join(missing)} {'has' if len(missing) == 1 else 'have'} no value"
    if not given:
        return UsageError(f"{have}: give one to each, such as\n  {_command(expression)}")
    added = f": add {' '.join(f'{name}=1' for name in missing)} to --at"
    return expression.refusal(missing[0], have + (meant(missing[0], unused) or added))


def _command(expression: Expression) -> str:
    """Return a command that can be typed as it is."""
    text = f" {expression.text}" if expression.text.startswith("-") else expression.text
    values = " ".join(map(shlex.quote, _examples(expression)))
    return f"tinygrad-gates graph {shlex.quote(text)} --at {values}"


def _examples(expression: Expression) -> list[str]:
    """Return values with which an expression can be computed: numbers or, if need be, arrays."""
    names = expression.names
    numbers = [_EXAMPLES[place % len(_EXAMPLES)] for place in range(len(names))]
    choices = [
        [f"{name}={kind.format(number)}" for name, number in zip(names, numbers, strict=True)]
        for kind in _KINDS
    ]
    for choice in choices:
        try:
            expression(dict(map(_assignment, choice)))
        except UsageError:
            continue
        return choice
    return choices[0]


def _not_there(name: str, names: Sequence[str]) -> str:
    return f"there is no {name} in the expression{meant(name, names)}"
