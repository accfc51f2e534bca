"""Adam with steps in proportion to the weights."""

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


class Lamb(Optimizer):
    """`Adam`, each change scaled to the 2-norm of what it changes.

    With d = m / (1 - b1**t) / (sqrt(v / (1 - b2**t)) + epsilon), m and v as of Adam:
    w <- w - lr |w| / |d| d, or lr d where one of the norms is 0 (You et al., "Large batch
    optimization for deep learning: training BERT in 76 minutes", ICLR 2020).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        beta_1: b1, how much of the mean of gradients each step keeps, from 0 to below 1.
        beta_2: b2, how much of the mean of squares each step keeps, from 0 to below 1.
        epsilon: added to the root, so that nothing is divided by 0.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> w, zero = np.array([3.0, 4.0]), np.zeros(2)
    >>> Lamb().rule(w, np.array([0.0, 1.0]), (zero, zero), 0.1, 1)[0].round(6)
    array([3. , 3.5])
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
        """Return the running means."""
        return (Slot("momentum"), Slot("velocity"))

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its running means."""
        mean = running_mean(slots[0], gradient, self.beta_1)
        square = running_mean(slots[1], np.square(gradient), self.beta_2)
        root = np.sqrt(square / (1 - power(self.beta_2, step, parameter)))
        change = mean / (1 - power(self.beta_1, step, parameter)) / (root + self.epsilon)
        size, length = (np.sqrt(np.sum(np.square(array))) for array in (parameter, change))
        scalable = (size > 0) & (length > 0)
        ratio = np.where(scalable, size / np.where(scalable, length, 1), 1)
        return parameter - ratio * learning_rate * change, (mean, square)
