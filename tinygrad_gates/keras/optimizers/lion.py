"""Steps of one size, in the direction of a running mean's sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import ABOVE_0_TO_1, FROM_0_TO_1
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Lion(Optimizer):
    """Goes by the sign of a mean of gradients.

    w <- w - lr sign(b1 m + (1 - b1) g), then m <- b2 m + (1 - b2) g (Chen et al., "Symbolic
    discovery of optimization algorithms", NeurIPS 2023).

    Args:
        learning_rate: lr, the size of each step: a number, a schedule or a function.
        beta_1: b1, the mean's share in the direction, above 0 and up to 1.
        beta_2: b2, how much of the mean each step keeps, from 0 to 1.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> Lion(beta_2=0.5).rule(1.0, -2.0, (0.0,), 0.5, 1)
    (np.float64(1.5), (-1.0,))
    """

    examples: ClassVar = (
        example(learning_rate=0.01),
        example(learning_rate=0.02, beta_1=0.5, beta_2=0.8),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = self.number("beta_1", beta_1, ABOVE_0_TO_1)
        self.beta_2 = self.number("beta_2", beta_2, FROM_0_TO_1)

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the running mean."""
        return (Slot("momentum"),)

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its running mean."""
        direction = np.sign(self.beta_1 * slots[0] + (1 - self.beta_1) * gradient)
        mean = self.beta_2 * slots[0] + (1 - self.beta_2) * gradient
        return parameter - learning_rate * direction, (mean,)
