"""Gradient descent divided by a running root mean square."""

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


class RMSprop(Optimizer):
    """Divides each gradient by the root of a running mean of its square.

    s <- rho s + (1 - rho) g**2, then w <- w - lr g / sqrt(s + epsilon). When centered, the square
    of a running mean of g is subtracted from s (Graves, "Generating sequences with recurrent
    neural networks", 2013; Tieleman and Hinton, lecture 6.5 of "Neural networks for machine
    learning", 2012).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        rho: how much of the running mean each step keeps, from 0 to 1.
        momentum: keeps this share of the last change, from 0 to 1.
        epsilon: added to s, so that nothing is divided by 0.
        centered: whether to divide by the standard deviation instead.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> round(float(RMSprop(rho=0.0).rule(1.0, 2.0, (0.0,), 0.5, 1)[0]), 6)
    0.5
    """

    examples: ClassVar = (
        example(learning_rate=0.01),
        example(learning_rate=0.01, rho=0.8, momentum=0.5, epsilon=1e-3),
        example(learning_rate=0.01, centered=True),
        example(learning_rate=0.01, momentum=0.5, centered=True),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = self.number("rho", rho, FROM_0_TO_1)
        self.momentum = self.number("momentum", momentum, FROM_0_TO_1)
        self.epsilon = self.number("epsilon", epsilon)
        self.centered = centered

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the running mean square, then what momentum and centering need."""
        momentum = (Slot("momentum", group=1),) if self.momentum else ()
        centered = (Slot("average_gradient", group=2),) if self.centered else ()
        return (Slot("velocity"), *momentum, *centered)

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its running means."""
        square = self.rho * slots[0] + (1 - self.rho) * np.square(gradient)
        new: Slots = (square,)
        denominator = square + self.epsilon
        if self.centered:
            average = self.rho * slots[-1] + (1 - self.rho) * gradient
            denominator = square - np.square(average) + self.epsilon
            new = (square, average)
        change = learning_rate * gradient / np.sqrt(denominator)
        if self.momentum:
            change = self.momentum * slots[1] + change
            new = (square, change, *new[1:])
        return parameter - change, new
