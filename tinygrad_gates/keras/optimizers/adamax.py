"""Adam with the largest gradient in place of the mean square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import FROM_0_BELOW_1
from tinygrad_gates.keras.optimizers.moments import power, running_mean
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Adamax(Optimizer):
    """Divides a running mean of gradients by their largest magnitude, which decays.

    m <- b1 m + (1 - b1) g, u <- max(b2 u, |g|), then w <- w - lr / (1 - b1**t) m / (u + epsilon)
    (Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        beta_1: b1, how much of the mean each step keeps, from 0 to below 1.
        beta_2: b2, how much of the largest magnitude each step keeps, from 0 to below 1.
        epsilon: added to u, so that nothing is divided by 0.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> one, zero = np.ones(2), np.zeros(2)
    >>> Adamax(epsilon=0.0).rule(one, one, (zero, zero), 0.5, 1)[0].round(6)
    array([0.5, 0.5])
    """

    examples: ClassVar = (
        example(learning_rate=0.01),
        example(learning_rate=0.02, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = self.number("beta_1", beta_1, FROM_0_BELOW_1)
        self.beta_2 = self.number("beta_2", beta_2, FROM_0_BELOW_1)
        self.epsilon = self.number("epsilon", epsilon)

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the running mean, and the largest magnitude."""
        return (Slot("momentum"), Slot("norm"))

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, its running mean and its largest magnitude."""
        mean = running_mean(slots[0], gradient, self.beta_1)
        largest = np.maximum(self.beta_2 * slots[1], np.abs(gradient))
        divisor = (1 - power(self.beta_1, step, parameter)) * (largest + self.epsilon)
        return parameter - learning_rate * mean / divisor, (mean, largest)
