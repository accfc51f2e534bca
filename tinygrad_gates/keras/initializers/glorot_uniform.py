"""Glorot and Bengio's uniform distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.keras.initializers.initializer import Initializer


class GlorotUniform(Initializer, aliases=("xavier_uniform",)):
    """Draws uniformly from -limit to limit, where limit = sqrt(6 / (fan_in + fan_out)).

    Defined by Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS 2010.

    Args:
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> from tinygrad_gates.random import set_seed
    >>> set_seed(777)
    >>> GlorotUniform()((2, 1))
    array([[ 0.5460421],
           [-0.9101932]], dtype=float32)
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Draw an array of a shape, the last two axes of which are fan in and fan out."""
        fan_in, fan_out = fans(shape)
        # In this order, so that the last bit is Keras's.
        limit = math.sqrt(3.0 * (1.0 / max(1.0, (fan_in + fan_out) / 2.0)))
        return random.uniform(shape, -limit, limit, dtype=dtype, seed=self.seed)


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Return how many inputs and outputs each unit of a kernel has, as Keras counts them.

    >>> fans((2, 32)), fans((3, 3, 16, 8)), fans((5,)), fans(())
    ((2, 32), (144, 72), (5, 5), (1, 1))
    """
    if len(shape) < 2:
        only = shape[0] if shape else 1
        return only, only
    positions = math.prod(shape[:-2])
    return positions * shape[-2], positions * shape[-1]
