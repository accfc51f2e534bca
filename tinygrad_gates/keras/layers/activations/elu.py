"""The exponential linear unit."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions


class ELU(Elementwise):
    """Applies `activations.elu`.

    Args:
        alpha: the limit far below 0, with the sign changed.
        **options: as for every `Layer`.

    >>> ELU()([[2.0]])
    Value(data=[[2.]])
    """

    examples: ClassVar = (example((4, 2)), example((4, 2), alpha=0.5))

    def __init__(self, alpha: float = 1.0, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.alpha = real("ELU", "alpha", alpha)

    def call(self, inputs: Any) -> Any:
        """Return the activated input."""
        return activations.elu(inputs, self.alpha)
