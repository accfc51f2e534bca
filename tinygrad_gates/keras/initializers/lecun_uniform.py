"""LeCun's uniform distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed
from tinygrad_gates.keras.initializers.variance_scaling import VarianceScaling


class LecunUniform(VarianceScaling):
    """Draws evenly from -limit to limit, where limit = sqrt(3 / fan_in).

    Defined by LeCun et al., "Efficient BackProp", 1998.

    Args:
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> LecunUniform(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(seed=3))

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)
