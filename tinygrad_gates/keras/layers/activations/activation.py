"""An activation function as a layer."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions


class Activation(Elementwise):
    """Applies an activation function.

    Args:
        activation: a name or a function.
        **options: as for every `Layer`.

    >>> Activation('relu')([[-1.0, 2.0]])
    Value(data=[[0., 2.]])
    """

    examples: ClassVar = (example((4, 2), activation="tanh"), example((4, 3), activation="softmax"))

    def __init__(self, activation: Any, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        """Return the activated input."""
        return self.activation(inputs)
