"""A uniform distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed, draw_uniform
from tinygrad_gates.keras.initializers.initializer import Initializer


class RandomUniform(Initializer, aliases=("uniform",)):
    """Draws numbers spread evenly between two bounds.

    Args:
        minval: the least number.
        maxval: the bound above.
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> RandomUniform(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(minval=0.5, maxval=1.5, seed=3))

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Draw an array of a shape."""
        return draw_uniform(shape, self.minval, self.maxval, dtype, self.seed)
