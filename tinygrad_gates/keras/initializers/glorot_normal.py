"""Glorot and Bengio's normal distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.random_initializer import Seed
from tinygrad_gates.keras.initializers.variance_scaling import Axes, VarianceScaling


class GlorotNormal(VarianceScaling, aliases=("xavier_normal",)):
    """Draws with variance 2 / (fan_in + fan_out), within two standard deviations.

    Defined by Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS 2010.

    Args:
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.
        input_axes: as for `VarianceScaling`.
        output_axes: as for `VarianceScaling`.

    >>> GlorotNormal(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(seed=3))

    def __init__(
        self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)
