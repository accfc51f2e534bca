"""What the layers inside of one call of a model know in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tinygrad_gates.core.value import Value

if TYPE_CHECKING:
    from tinygrad_gates.keras.layers.layer import Layer


class CallContext:
    """One call of the outermost layer.

    Attributes:
        training: whether it trains, or None if nobody said.
        is_noted: whether layers note what they computed, for pictures.
        losses: what layers added to the loss, each with the layer.
    """

    __slots__ = ("is_noted", "losses", "training")

    def __init__(self, training: bool | None = None, is_noted: bool = True) -> None:
        self.training = training
        self.is_noted = is_noted
        self.losses: list[tuple[Layer, Value]] = []


current: ContextVar[Any] = ContextVar("call", default=None)
"""The `CallContext` of the call that goes on here, or None."""

_building: ContextVar[tuple[Any, ...]] = ContextVar("building", default=())


@contextmanager
def building(layer: Any) -> Iterator[None]:
    """Let the paths of weights that are made here begin with the layer's."""
    around = _building.get()
    token = _building.set(around if around and around[-1] is layer else (*around, layer))
    try:
        yield
    finally:
        _building.reset(token)


def path_of(layer: Any) -> str:
    """Return the names of the layers around one and its own, as paths of weights begin.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> Sequential([layers.Dense(1, input_dim=2, name="b")], name="a").weights[0].path
    'a/b/kernel'
    """
    with building(layer):
        return "/".join(each.name for each in _building.get())
