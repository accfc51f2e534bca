"""Glorot and Bengio's normal distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed
from tinygrad_gates.keras.initializers.variance_scaling import VarianceScaling


class GlorotNormal(VarianceScaling, aliases=("xavier_normal",)):
    """Draws with variance 2 / (fan_in + fan_out), within two standard deviations.

    Defined by Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS 2010.

    Args:
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> GlorotNormal(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(seed=3))

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)
