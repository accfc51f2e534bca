"""One number everywhere."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import Initializer


class Constant(Initializer):
    """Fills with a number, or with an array that broadcasts to the shape.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    examples: ClassVar = (example(), example(value=0.5))

    def __init__(self, value: ArrayLike = 0.0) -> None:
        self.value = value

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Return an array filled with the value."""
        return np.full(shape, self.value, dtype)
