"""Glorot and Bengio's uniform distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.random_initializer import Seed
from tinygrad_gates.keras.initializers.variance_scaling import Axes, VarianceScaling


class GlorotUniform(VarianceScaling, aliases=("xavier_uniform",)):
    """Draws evenly from -limit to limit, where limit = sqrt(6 / (fan_in + fan_out)).

    Defined by Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS 2010.

    Args:
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.
        input_axes: as for `VarianceScaling`.
        output_axes: as for `VarianceScaling`.

    >>> from tinygrad_gates.random import set_seed
    >>> set_seed(777)
    >>> GlorotUniform()((2, 1))
    array([[ 0.5460421],
           [-0.9101932]], dtype=float32)
    """

    examples: ClassVar = (example(), example(seed=3))

    def __init__(
        self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)
