"""What the layers inside of one call of a model know in common."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tinygrad_gates.core.value import Value

if TYPE_CHECKING:
    from tinygrad_gates.keras.layers.layer import Layer


class CallContext:
    """One call of the outermost layer.

    Attributes:
        training: whether it trains, or None if nobody said.
        losses: what layers added to the loss, each with the layer.
    """

    __slots__ = ("losses", "training")

    def __init__(self, training: bool | None = None) -> None:
        self.training = training
        self.losses: list[tuple[Layer, Value]] = []


current: ContextVar[Any] = ContextVar("call", default=None)
"""The `CallContext` of the call that goes on here, or None."""
