"""All ones."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import Initializer, weight_dtype


class Ones(Initializer, aliases=("one",)):
    """Fills with 1.

    >>> Ones()((2,))
    array([1., 1.], dtype=float32)
    """

    examples: ClassVar = (example(),)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Return an array of ones."""
        return np.ones(shape, weight_dtype(dtype))
