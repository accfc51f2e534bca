"""Orthogonal matrices."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import weight_dtype
from tinygrad_gates.keras.initializers.random_initializer import RandomInitializer, Seed


class Orthogonal(RandomInitializer, aliases=("orthogonal_initializer", "OrthogonalInitializer")):
    """Draws a matrix whose rows, or columns, are orthogonal, evenly from all of them.

    Defined by Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", ICLR 2014. More than two axes are taken as a matrix with the last axis as
    columns.

    Args:
        gain: what the matrix is multiplied with.
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.

    >>> q = Orthogonal(seed=1)((3, 3))
    >>> bool(np.allclose(q @ q.T, np.eye(3), atol=1e-6))
    True
    """

    examples: ClassVar = (example(), example(gain=0.5, seed=3))

    def __init__(self, gain: float = 1.0, seed: Seed = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Draw an array of a shape; raises `ShapeError` for less than two axes."""
        if len(shape) < 2:
            raise ShapeError(f"Orthogonal: at least 2 axes are needed, and the shape is {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        dtype = weight_dtype(dtype)
        q, r = np.linalg.qr(random.normal(tall, dtype=dtype, seed=self.stream()))
        q = q * np.sign(np.diag(r))  # else the draw would not be even
        matrix = q.T if rows < columns else q
        return np.asarray(self.gain * matrix.reshape(shape), dtype)
