"""He's uniform distribution."""

from __future__ import annotations

from typing import ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.random_initializer import Seed
from tinygrad_gates.keras.initializers.variance_scaling import Axes, VarianceScaling


class HeUniform(VarianceScaling):
    """Draws evenly from -limit to limit, where limit = sqrt(6 / fan_in).

    Defined by He et al., "Delving deep into rectifiers", ICCV 2015.

    Args:
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.
        input_axes: as for `VarianceScaling`.
        output_axes: as for `VarianceScaling`.

    >>> HeUniform(seed=1)((2, 3)).shape
    (2, 3)
    """

    examples: ClassVar = (example(), example(seed=3))

    def __init__(
        self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)
