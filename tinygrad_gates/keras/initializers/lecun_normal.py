"""LeCun's normal distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.drawing import Seed
from tinygrad_gates.keras.initializers.variance_scaling import VarianceScaling


class LecunNormal(VarianceScaling):
    """Draws with variance 1 / fan_in, within two standard deviations.

    Defined by LeCun et al., "Efficient BackProp", 1998.

    Args:
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.

    >>> LecunNormal(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(seed=3))

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)
