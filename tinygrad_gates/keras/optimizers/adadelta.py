"""Gradient descent whose steps are as large as the steps before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import FROM_0_TO_1
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Adadelta(Optimizer):
    """Scales each gradient by the root mean square of changes over that of gradients.

    s <- rho s + (1 - rho) g**2, d = sqrt(u + epsilon) / sqrt(s + epsilon) g,
    u <- rho u + (1 - rho) d**2, then w <- w - lr d (Zeiler, "ADADELTA: an adaptive learning rate
    method", 2012, where lr is 1).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        rho: how much of the running means each step keeps, from 0 to 1.
        epsilon: added under the roots; it sets the size of the first steps.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> round(float(Adadelta(rho=0.0, epsilon=1e-9).rule(1.0, 2.0, (0.0, 4.0), 0.25, 1)[0]), 6)
    0.5
    """

    examples: ClassVar = (
        example(learning_rate=1.0),
        example(learning_rate=0.5, rho=0.8, epsilon=1e-3),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = self.number("rho", rho, FROM_0_TO_1)
        self.epsilon = self.number("epsilon", epsilon)

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the running mean squares of gradients and of changes."""
        return (Slot("accumulated_grad"), Slot("accumulated_delta_var"))

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its running mean squares."""
        squares = self.rho * slots[0] + (1 - self.rho) * np.square(gradient)
        change = np.sqrt(slots[1] + self.epsilon) * gradient / np.sqrt(squares + self.epsilon)
        changes = self.rho * slots[1] + (1 - self.rho) * np.square(change)
        return parameter - learning_rate * change, (squares, changes)
