"""A normal distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed, draw_normal
from tinygrad_gates.keras.initializers.initializer import Initializer


class RandomNormal(Initializer, aliases=("normal",)):
    """Draws normally distributed numbers.

    Args:
        mean: of the distribution.
        stddev: its standard deviation.
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> RandomNormal(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(mean=0.5, stddev=1.5, seed=3))

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Draw an array of a shape."""
        return draw_normal(shape, self.mean, self.stddev, dtype, self.seed)
