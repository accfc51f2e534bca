"""Gradient descent by running means of gradients and of their squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.optimizers.checks import FROM_0_BELOW_1
from tinygrad_gates.keras.optimizers.moments import adam_change
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Adam(Optimizer):
    """Divides a running mean of gradients by the root of a running mean of their squares.

    m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g**2, then
    w <- w - lr sqrt(1 - b2**t) / (1 - b1**t) m / (sqrt(v) + epsilon) (Kingma and Ba, "Adam: a
    method for stochastic optimization", ICLR 2015, end of section 2; Reddi et al., "On the
    convergence of Adam and beyond", ICLR 2018, for `amsgrad`).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        beta_1: b1, how much of the mean of gradients each step keeps, from 0 to below 1.
        beta_2: b2, how much of the mean of squares each step keeps, from 0 to below 1.
        epsilon: added to the root, so that nothing is divided by 0.
        amsgrad: whether to divide by the largest v so far.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> import numpy as np
    >>> one, zero = np.ones(2), np.zeros(2)
    >>> Adam().rule(one, one, (zero, zero), 0.5, 1)[0].round(4)
    array([0.5, 0.5])
    """

    examples: ClassVar[Sequence[Example]] = (
        example(learning_rate=0.01),
        example(learning_rate=0.02, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
        example(learning_rate=0.01, amsgrad=True, beta_2=0.8),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = self.number("beta_1", beta_1, FROM_0_BELOW_1)
        self.beta_2 = self.number("beta_2", beta_2, FROM_0_BELOW_1)
        self.epsilon = self.number("epsilon", epsilon)
        self.amsgrad = amsgrad

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the running means, and the largest mean square where it is wanted."""
        largest = (Slot("velocity_hat", group=1),) if self.amsgrad else ()
        return (Slot("momentum"), Slot("velocity"), *largest)

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its running means."""
        betas = self.beta_1, self.beta_2
        change, new = adam_change(gradient, slots, learning_rate, step, *betas, self.epsilon)
        return parameter - change, new
