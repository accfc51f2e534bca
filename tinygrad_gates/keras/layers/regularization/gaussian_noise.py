"""Adding normal noise."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.regularization.noise import RandomLayer
from tinygrad_gates.keras.random import normal


class GaussianNoise(RandomLayer):
    """Adds normal noise with mean 0, in training only.

    Args:
        stddev: the standard deviation of the noise.
        seed: of the draws; by default it follows from `set_seed`.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a standard deviation outside [0, 1], as in Keras.

    >>> GaussianNoise(0.1)([[1.0, 2.0]])
    Value(data=[[1., 2.]])
    """

    examples: ClassVar = (example((4, 3), stddev=0.3), example((4, 3), stddev=0.1, seed=7))

    def __init__(
        self, stddev: float, seed: int | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(seed, **options)
        self.stddev = real("GaussianNoise", "stddev", stddev, 0, 1)

    def changed(self, inputs: Any) -> Any:
        """Return the input with noise."""
        return inputs + normal(
            inputs.shape, 0.0, self.stddev, dtype=self.dtype, seed=self.seed_generator
        )
