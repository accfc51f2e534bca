"""A normal distribution without its tails."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import weight_dtype
from tinygrad_gates.keras.initializers.random_initializer import RandomInitializer, Seed


class TruncatedNormal(RandomInitializer):
    """Draws normal numbers within two standard deviations of the mean.

    Args:
        mean: of the distribution.
        stddev: its standard deviation, before the tails are cut off.
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.

    >>> TruncatedNormal(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(mean=0.5, stddev=1.5, seed=3))

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Draw an array of a shape."""
        return random.truncated_normal(
            shape, self.mean, self.stddev, weight_dtype(dtype), self.stream()
        )
