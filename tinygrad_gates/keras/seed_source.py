"""What names the numbers of each draw; apart from `keras.random`, which is made of variables."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.registry import Configurable, Registry


class SeedSource(Configurable):
    """Gives each draw a seed of its own; `keras.random.SeedGenerator` is the one there is."""

    registry: ClassVar[Registry[SeedSource]] = Registry("seed generator")
    config_module = "keras.random"

    def next(self) -> tuple[int, int]:
        """Return the pair of integers that names the numbers of one draw."""
        raise NotImplementedError(f"{type(self).__name__} has to define next.")
