"""The identity matrix."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import Initializer, weight_dtype


class Identity(Initializer, aliases=("identity_initializer", "IdentityInitializer")):
    """Fills a matrix with 1 (or the gain) on the diagonal, 0 elsewhere.

    Args:
        gain: the number on the diagonal.

    >>> Identity(2.0)((2, 2))
    array([[2., 0.],
           [0., 2.]], dtype=float32)
    """

    examples: ClassVar = (example(), example(gain=0.5))

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Return the matrix; raises `ShapeError` for a shape that is none of a matrix."""
        if len(shape) != 2:
            raise ShapeError(f"Identity: a shape of 2 axes is needed, not {shape}.")
        return np.asarray(self.gain * np.eye(*shape), weight_dtype(dtype))
