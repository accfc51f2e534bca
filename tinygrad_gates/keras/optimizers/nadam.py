"""Adam that looks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import FROM_0_BELOW_1
from tinygrad_gates.keras.optimizers.moments import cast, power, running_mean
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Nadam(Optimizer):
    """`Adam` with Nesterov's momentum, whose share grows with the step.

    u(t) = b1 (1 - 0.5 * 0.96**t) is the share at step t, and p(t) the product of the shares up
    to it; with m and v as of Adam, w <- w - lr (u(t+1) m / (1 - p(t+1)) + (1 - u(t)) g /
    (1 - p(t))) / (sqrt(v / (1 - b2**t)) + epsilon) (Dozat, "Incorporating Nesterov momentum into
    Adam", 2016).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        beta_1: b1, how much of the mean of gradients each step keeps, from 0 to below 1.
        beta_2: b2, how much of the mean of squares each step keeps, from 0 to below 1.
        epsilon: added to the root, so that nothing is divided by 0.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> one, zero = np.ones(2), np.zeros(2)
    >>> Nadam(beta_1=0.0).rule(one, one, (zero, zero, np.float64(1.0)), 0.5, 1)[0].round(6)
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
        """Return the running means, and the product of shares, one for all parameters."""
        return (Slot("momentum"), Slot("velocity"), Slot("u_product", 1.0, (), shared=True))

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, its running means and the product of shares."""
        share, next_share = (
            self.beta_1 * (1 - 0.5 * power(0.96, at, parameter)) for at in (step, step + 1)
        )
        product = cast(slots[2], parameter) * share
        mean = running_mean(slots[0], gradient, self.beta_1)
        square = running_mean(slots[1], np.square(gradient), self.beta_2)
        ahead = next_share * mean / (1 - product * next_share)
        ahead = ahead + (1 - share) * gradient / (1 - product)
        root = np.sqrt(square / (1 - power(self.beta_2, step, parameter)))
        change = learning_rate * ahead / (root + self.epsilon)
        return parameter - change, (mean, square, cast(product, slots[2]))
