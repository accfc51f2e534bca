"""Gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import FROM_0_TO_1
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class SGD(Optimizer):
    """Gradient descent.

    With momentum m: v <- m v - lr g, then w <- w + v; with Nesterov's: w <- w + m v - lr g
    (Sutskever et al., "On the importance of initialization and momentum in deep learning",
    ICML 2013).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        momentum: m, from 0 to 1.
        nesterov: whether to look ahead.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for a momentum outside [0, 1] or a learning rate that is negative or no
            number.

    >>> SGD(learning_rate=0.5).rule(1.0, 2.0, (), 0.5, 1)
    (0.0, ())
    """

    examples: ClassVar = (
        example(learning_rate=0.1),
        example(learning_rate=0.05, momentum=0.9),
        example(learning_rate=0.05, momentum=0.9, nesterov=True),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = self.number("momentum", momentum, FROM_0_TO_1)
        self.nesterov = nesterov

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the velocity, where there is momentum."""
        return (Slot("momentum"),) if self.momentum else ()

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its velocity."""
        descent = gradient * learning_rate
        if not slots:
            return parameter - descent, ()
        velocity = slots[0] * self.momentum - descent
        if self.nesterov:
            return parameter + (velocity * self.momentum - descent), (velocity,)
        return parameter + velocity, (velocity,)
