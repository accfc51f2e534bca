"""Multiplying with normal noise."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.regularization.noise import RandomLayer, share
from tinygrad_gates.keras.random import normal


class GaussianDropout(RandomLayer):
    """Multiplies with normal noise of mean 1, in training only (Srivastava et al., JMLR 2014).

    Args:
        rate: that of a `Dropout` with noise of the same variance, rate / (1 - rate).
        seed: of the draws; by default it follows from `set_seed`.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a rate outside [0, 1).

    >>> GaussianDropout(0.1)([[1.0, 2.0]])
    Value(data=[[1., 2.]])
    """

    examples: ClassVar = (example((4, 3), rate=0.3), example((4, 3), rate=0.0, seed=7))

    def __init__(
        self, rate: float, seed: int | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(seed, **options)
        self.rate = share("GaussianDropout", rate)

    def changed(self, inputs: Any) -> Any:
        """Return the input times noise."""
        if not self.rate:
            return inputs
        stddev = math.sqrt(self.rate / (1 - self.rate))
        return inputs * normal(
            inputs.shape, 1.0, stddev, dtype=self.dtype, seed=self.seed_generator
        )
