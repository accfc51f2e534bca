"""A uniform distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import weight_dtype
from tinygrad_gates.keras.initializers.random_initializer import RandomInitializer, Seed


class RandomUniform(RandomInitializer, aliases=("uniform",)):
    """Draws numbers spread evenly between two bounds.

    Args:
        minval: the least number.
        maxval: the bound above.
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.

    >>> RandomUniform(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(minval=0.5, maxval=1.5, seed=3))

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Draw an array of a shape."""
        return random.uniform(shape, self.minval, self.maxval, weight_dtype(dtype), self.stream())
