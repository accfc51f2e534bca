"""The rectifier, with slopes and bounds."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions


class ReLU(Elementwise):
    """Applies `activations.relu`.

    Args:
        max_value: the greatest output; None for no bound.
        negative_slope: the slope below the threshold.
        threshold: where the output begins to follow the input.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a negative argument.

    >>> ReLU(max_value=1.0)([[-1.0, 0.5, 2.0]])
    Value(data=[[0. , 0.5, 1. ]])
    """

    examples: ClassVar = (
        example((4, 2)),
        example((4, 2), max_value=1.0, negative_slope=0.1, threshold=0.5),
    )

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.max_value = None if max_value is None else real("ReLU", "max_value", max_value, 0)
        self.negative_slope = real("ReLU", "negative_slope", negative_slope, 0)
        self.threshold = real("ReLU", "threshold", threshold, 0)

    def call(self, inputs: Any) -> Any:
        """Return the activated input."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)
