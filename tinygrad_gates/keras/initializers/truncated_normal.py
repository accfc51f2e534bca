"""A normal distribution without its tails."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed, draw_truncated
from tinygrad_gates.keras.initializers.initializer import Initializer


class TruncatedNormal(Initializer):
    """Draws normal numbers within two standard deviations of the mean.

    Args:
        mean: of the distribution.
        stddev: its standard deviation, before the tails are cut off.
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> TruncatedNormal(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(mean=0.5, stddev=1.5, seed=3))

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Draw an array of a shape."""
        return draw_truncated(shape, self.mean, self.stddev, dtype, self.seed)
