"""All zeros."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import Initializer, weight_dtype


class Zeros(Initializer, aliases=("zero",)):
    """Fills with 0.

    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    examples: ClassVar = (example(),)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Return an array of zeros."""
        return np.zeros(shape, weight_dtype(dtype))
