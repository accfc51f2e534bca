"""The backprop player: a page on which a computation is stepped through, forward and back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tinygrad_gates.core import Value
from tinygrad_gates.errors import RenderError
from tinygrad_gates.files import write_bytes
from tinygrad_gates.picture.player.page import page
from tinygrad_gates.picture.player.steps import seed_of
from tinygrad_gates.picture.player.story import story
from tinygrad_gates.picture.values import Computation
from tinygrad_gates.picture.web import framed

__all__ = ["MAX_NODES", "Player", "player"]

MAX_NODES = 80
"""The number of values that are drawn at once unless more are asked for."""

HEIGHT = 680
"""What it takes in a notebook, in pixels."""


class Player:
    """A page that a notebook displays by itself, and that `save` writes to a file.

    It needs nothing but itself: no other file, no network, no server.

    Attributes:
        html: the page.
    """

    def __init__(self, html: str) -> None:
        self.html = html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whole or not at all, and return its path.

        Raises:
            RenderError: if the name does not end in .html or .htm.
            FileNotFoundError: if the folder does not exist.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise RenderError(f"A player is saved as .html; {path.name!r} does not end in that.")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"There is no folder {str(path.parent)!r} to save a player in")
        write_bytes(path, self.html.encode())
        return path

    def _repr_html_(self) -> str:
        return framed(self.html, "Backprop player", HEIGHT)


def player(
    value: Value,
    *,
    gradient: Any = None,
    max_nodes: int = MAX_NODES,
    inputs: Sequence[Value] = (),
    constants: bool = True,
    rankdir: str = "LR",
) -> Player:
    """Return a page on which the computation of a Value is stepped through.

    Forward, each operation shows its formula with the numbers put in; backward, each shows its
    local derivatives, and what it sends to each of its operands. A click on a node shows its data
    and gradient, its row in the table of primitives and, where it was computed within a
    `name_scope` or under `detect_anomaly`, the line of the program. Layers and name scopes fold and
    unfold; of a graph that is too large, the innermost are folded first. Nothing is stored in the
    Values: the page has the gradients of this sweep alone.

    Args:
        value: the result.
        gradient: the cotangent to begin with; by default the gradient that the Value has after a
            backward pass, else 1 for a single number. An array without one, like a constant, is
            stepped forward only.
        max_nodes: how many values are drawn at once.
        inputs: leaves to show as inputs although gradients flow to them.
        constants: whether constants are drawn.
        rankdir: where edges lead: "LR" to the right, "TB" down, "RL" to the left, "BT" up.

    Raises:
        TypeError: for what is no Value.
        ValueError: if `max_nodes` is not positive, the direction is unknown, or a Value in `inputs`
            is no leaf of this graph.
        ShapeError: if the gradient does not fit.
        MutationError: if data was changed that the gradients need.

    >>> x = Value(2.0, label="x")
    >>> "∂y/∂x" in player(x * x).html
    False
    >>> y = x * x
    >>> y.label = "y"
    >>> "∂y/∂x" in player(y).html
    True
    """
    if not isinstance(value, Value):
        raise TypeError(f"player steps through the computation of a Value; got {value!r:.80}")
    if max_nodes < 1:
        raise ValueError(f"max_nodes is a positive number; got {max_nodes}")
    computation = Computation(value, inputs, constants)
    return Player(page(story(computation, seed_of(value, gradient), max_nodes, rankdir)))
