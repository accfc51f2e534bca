"""One run of a user's function on variables, and what can be pulled back through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_gates import modes, trees
from tinygrad_gates.core import Value
from tinygrad_gates.core.backward import as_cotangent, depends_on_others, pull
from tinygrad_gates.core.variables import variable

Argnums = int | Sequence[int]


@dataclass(frozen=True, slots=True)
class Recording:
    """A function's result on variables.

    Attributes:
        caller: the transform's name, for messages.
        chosen: the arguments to differentiate by, as given.
        variables: the Value that stands for each leaf of them.
        result: what the function returned, Values in it.
        nested: whether derivatives are recorded, because something outside depends on them.
    """

    caller: str
    chosen: tuple[Any, ...]
    variables: list[Value]
    result: Any
    nested: bool

    def pull(self, cotangents: Iterable[tuple[Any, Any]]) -> list[Any]:
        """Return the cotangent of each variable, from (leaf of the result, its cotangent)."""
        sent: dict[Value, Any] = {}
        for y, cotangent in cotangents:
            if isinstance(y, Value) and y.requires_grad:
                g = as_cotangent(y, cotangent, self.caller)
                sent[y] = sent[y] + g if y in sent else g
        again = self.nested or any(isinstance(g, Value) and g.requires_grad for g in sent.values())
        with modes.enable_grad():
            return pull(sent, self.variables, create_graph=again and modes.recording())

    def arranged(self, gradients: Iterable[Any]) -> tuple[Any, ...]:
        """Arrange what belongs to the variables like the chosen arguments."""
        return trees.rebuild(self.chosen, gradients)

    def outward(self, tree: Any) -> Any:
        """Return results as the caller may have them: arrays, unless they go on in a graph."""
        return tree if self.nested else trees.transform(_plain, tree)


def record(
    caller: str,
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    argnums: Argnums | None = None,
) -> Recording:
    """Run `f` with variables for the leaves of some arguments; None: of all."""
    positions = range(len(args)) if argnums is None else _positions(caller, argnums, len(args))
    chosen = tuple(args[i] for i in positions)
    inside = modes.recording()
    with modes.enable_grad():
        named = [
            (f"{caller}: argument {positions[int(path[1 : path.index(']')])]}", leaf)
            for path, leaf in trees.walk(chosen)
        ]
        variables = [variable(leaf, name, on_graph=inside) for name, leaf in named]
        given = list(args)
        for position, argument in zip(positions, trees.rebuild(chosen, variables), strict=True):
            given[position] = argument
        result = f(*given, **kwargs)
        found = [y for y in trees.leaves(result) if isinstance(y, Value) and y.requires_grad]
        nested = inside and (
            any(v._row is not None for v in variables) or depends_on_others(found, variables)
        )
    return Recording(caller, chosen, variables, result, nested)


def _positions(caller: str, argnums: Argnums, count: int) -> list[int]:
    named = [argnums] if isinstance(argnums, int) else list(argnums)
    if any(not -count <= i < count for i in named) or len({i % count for i in named}) < len(named):
        raise TypeError(
            f"{caller}: argnums={argnums} does not fit a call with {count} positional arguments"
        )
    return [i % count for i in named]


def one_or_all(argnums: Argnums, gradients: tuple[Any, ...]) -> Any:
    """Return what belongs to the one argument, or to each of several."""
    return gradients[0] if isinstance(argnums, int) else gradients


def _plain(leaf: Any) -> Any:
    return leaf.numpy() if isinstance(leaf, Value) else leaf


def zeros(y: Any) -> Any:
    """Return zeros like a result that no gradient flows to."""
    data = y.numpy() if isinstance(y, Value) else np.asarray(y)
    return np.zeros(data.shape, data.dtype if data.dtype.kind == "f" else float)[()]
