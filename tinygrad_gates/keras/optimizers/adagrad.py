"""Gradient descent divided by the root of all squares so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Adagrad(Optimizer):
    """Divides each gradient by the root of the sum of all its squares so far.

    s <- s + g**2, then w <- w - lr g / sqrt(s + epsilon) (Duchi et al., "Adaptive subgradient
    methods for online learning and stochastic optimization", JMLR 2011).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        initial_accumulator_value: what s begins as, 0 or more.
        epsilon: added to s, so that nothing is divided by 0.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> Adagrad(epsilon=0.0).rule(1.0, 2.0, (12.0,), 0.5, 1)
    (np.float64(0.75), (np.float64(16.0),))
    """

    examples: ClassVar = (
        example(learning_rate=0.1),
        example(learning_rate=0.1, initial_accumulator_value=0.0, epsilon=1e-3),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = self.number(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon = self.number("epsilon", epsilon)

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the sum of squares."""
        return (Slot("accumulator", self.initial_accumulator_value),)

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its sum of squares."""
        total = slots[0] + np.square(gradient)
        return parameter - learning_rate * gradient / np.sqrt(total + self.epsilon), (total,)
