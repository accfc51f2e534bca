"""What layers that draw at random share."""

from __future__ import annotations

from typing import Any, Unpack

from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.random import SeedGenerator


class RandomLayer(Elementwise):
    """A layer that changes its input at random in training, and returns it as it is else."""

    def __init__(self, seed: int | None = None, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        """Return the changed input in training, else the input."""
        return self.changed(inputs) if training else inputs

    def changed(self, inputs: Any) -> Any:
        """Return the input, changed at random."""
        raise NotImplementedError


def share(layer: str, rate: Any) -> float:
    """Return a share from 0 up to, and without, 1; raises `ValueError` for anything else."""
    number = real(layer, "rate", rate, 0, 1)
    return number
