"""The rectifier with a slope below 0."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions


class LeakyReLU(Elementwise):
    """Applies `activations.leaky_relu`.

    Args:
        negative_slope: the slope below 0.
        alpha: the same, as Keras 2 called it.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a negative slope.

    >>> LeakyReLU(0.5)([[-1.0, 2.0]])
    Value(data=[[-0.5,  2. ]])
    """

    unsaved = (*Elementwise.unsaved, "alpha")
    examples: ClassVar = (example((4, 2)), example((4, 2), negative_slope=0.1))

    def __init__(
        self,
        negative_slope: float = 0.3,
        alpha: float | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        negative_slope = negative_slope if alpha is None else alpha
        self.negative_slope = real("LeakyReLU", "negative_slope", negative_slope, 0)

    def call(self, inputs: Any) -> Any:
        """Return the activated input."""
        return activations.leaky_relu(inputs, self.negative_slope)
