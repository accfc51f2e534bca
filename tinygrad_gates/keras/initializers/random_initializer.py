"""What initializers share that draw at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.keras.initializers.initializer import Initializer
from tinygrad_gates.keras.seed_source import SeedSource

Seed = Any
"""None, an integer, or a `keras.random.SeedGenerator`."""


class RandomInitializer(Initializer):
    """Draws the same numbers each time it is called, but for a `SeedGenerator`.

    Args:
        seed: an integer, from which alone the numbers follow; None for the next of TensorFlow's
            streams after `set_seed`, taken when it is called first; a `SeedGenerator` for other
            numbers each time.

    Raises:
        ValueError: for another seed.
    """

    def __init__(self, seed: Seed = None) -> None:
        if isinstance(seed, dict):
            seed = SeedSource.registry.get(seed)
        is_integer = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        if not (seed is None or is_integer or isinstance(seed, SeedSource)):
            raise ValueError(
                f"{type(self).__name__}: seed={seed!r} has to be an integer, a SeedGenerator or "
                f"None."
            )
        self.seed = seed
        self._stream: tuple[int, int] | None = None

    def stream(self) -> tuple[int, int]:
        """Return what names the numbers of a call: a seed for draws of `tinygrad_gates.random`."""
        if isinstance(self.seed, SeedSource):
            return self.seed.next()
        if self._stream is None:
            own = self.seed
            self._stream = random.next_stream() if own is None else random.stream_of(int(own))
        return self._stream
