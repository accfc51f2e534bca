"""The parts of a computation that have names: `with name_scope(...)`, and calls of layers.

Values are numbered in the order of their making. A call is noted on what it returns alone, so that
noting costs next to nothing: a Value that leads to an output, and was made after the call began,
was made by the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from tinygrad_gates import modes, trees
from tinygrad_gates.core.value import Value, _serial

T = TypeVar("T")

now = _serial.__next__
"""Return a number between those of the Values that are there and those of the Values to come."""


class Scope(NamedTuple):
    """What one `with name_scope(...)` computes.

    Attributes:
        name: what the user called it.
        start: the number at which it began, which no other scope or call has.
        outer: the scope around it.
    """

    name: str
    start: int
    outer: Scope | None


@contextmanager
def name_scope(name: str) -> Iterator[None]:
    """Name what is computed inside, for pictures: they draw a box around it, or fold it into one.

    Scopes may be nested. The line of the program that called each operation is noted, too, which
    `Value.player` shows. Operations take a little longer to record inside.

    Args:
        name: what pictures write on the box.

    Raises:
        TypeError: if the name is no text.

    >>> x, w = Value(2.0, label="x"), Value(3.0, label="w")
    >>> with name_scope("neuron"):
    ...     y = x * w
    >>> [name for name, start in scopes_of(y)]
    ['neuron']
    """
    if not isinstance(name, str):
        raise TypeError(f"name_scope takes a name, as text; got {type(name).__name__}")
    with modes.scoped(Scope(name, now(), modes.scope())):
        yield


def scopes_of(value: Any) -> Iterator[tuple[str, int]]:
    """Go through the scopes that a Value was computed in, the innermost first: name, start."""
    scope = _notes(value).get("scope")
    while scope is not None:
        yield scope.name, scope.start
        scope = scope.outer


def noted(name: str, start: int, outputs: T) -> T:
    """Note on the Values that a call returns that it made them, and return them.

    Write the call itself as the last argument, and `now()` before it: Python takes them in turn.
    What the call did not make itself, or what no gradient leads to, is left as it is.

    >>> x = Value(2.0)
    >>> y = noted("double", now(), x * 2)
    >>> [name for name, start in calls_of(y)]
    ['double']
    """
    for value in (outputs,) if type(outputs) is Value else trees.leaves(outputs):
        if isinstance(value, Value) and value._row is not None and value._serial > start:
            extra = value._extra
            if type(extra) is dict:
                extra["calls"] = (name, start, extra.get("calls"))
            else:
                value._extra = {"calls": (name, start, None)}
    return outputs


def calls_of(value: Any) -> Iterator[tuple[str, int]]:
    """Go through the calls that returned a Value, the outermost first: name, start."""
    call = _notes(value).get("calls")
    while call is not None:
        name, start, call = call
        yield name, start


def _notes(value: Any) -> Any:
    # Pictures draw other things than Values, too: those have no notes.
    return getattr(value, "_extra", {})
