"""Orthogonal matrices."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed, draw_normal
from tinygrad_gates.keras.initializers.initializer import Initializer


class Orthogonal(Initializer, aliases=("orthogonal_initializer",)):
    """Draws a matrix whose rows, or columns, are orthogonal, evenly from all of them.

    Defined by Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks", ICLR 2014. More than two axes are taken as a matrix with the last axis as
    columns.

    Args:
        gain: what the matrix is multiplied with.
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> q = Orthogonal(seed=1)((3, 3))
    >>> bool(np.allclose(q @ q.T, np.eye(3), atol=1e-6))
    True
    """

    examples: ClassVar = (example(), example(gain=0.5, seed=3))

    def __init__(self, gain: float = 1.0, seed: Seed = None) -> None:
        self.gain = gain
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Draw an array of a shape; raises `ShapeError` for less than two axes."""
        if len(shape) < 2:
            raise ShapeError(f"Orthogonal: at least 2 axes are needed, and the shape is {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = np.linalg.qr(draw_normal(tall, 0.0, 1.0, dtype, self.seed))
        q = q * np.sign(np.diag(r))  # else the draw would not be even
        matrix = q.T if rows < columns else q
        return np.asarray(self.gain * matrix.reshape(shape), dtype)
