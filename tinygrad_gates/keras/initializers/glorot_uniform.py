"""Glorot and Bengio's uniform distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed
from tinygrad_gates.keras.initializers.variance_scaling import VarianceScaling


class GlorotUniform(VarianceScaling, aliases=("xavier_uniform",)):
    """Draws evenly from -limit to limit, where limit = sqrt(6 / (fan_in + fan_out)).

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

    examples: ClassVar = (example(), example(seed=3))

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)
