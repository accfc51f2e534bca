"""Follow the regularised leader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import UP_TO_0
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Ftrl(Optimizer):
    """The weights that would have been best for all gradients so far, pulled towards 0.

    With n the sum of squares, p = -learning_rate_power and h = g + 2 l2_shrinkage w:
    z <- z + h - ((n + g**2)**p - n**p) / lr w, n <- n + g**2, then
    w <- (clip(z, -l1, l1) - z) / (n**p / lr + 2 l2 + beta / lr) (McMahan et al., "Ad click
    prediction: a view from the trenches", KDD 2013).

    Args:
        learning_rate: lr, a positive number, a schedule or a function.
        learning_rate_power: 0 or less: how fast the learning rate falls; 0 for not at all.
        initial_accumulator_value: what n begins as, 0 or more.
        l1_regularization_strength: l1, 0 or more; weights below it are 0.
        l2_regularization_strength: l2, 0 or more.
        l2_shrinkage_regularization_strength: 0 or more; as l2 added to the loss.
        beta: 0 or more, as in the paper.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> Ftrl(learning_rate_power=0.0).rule(0.0, 2.0, (0.0, 1.0), 0.5, 1)[0]
    np.float64(-1.5)
    """

    examples: ClassVar = (
        example(learning_rate=0.1),
        example(learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.0),
        example(learning_rate=0.1, l1_regularization_strength=0.5, beta=0.3),
        example(
            learning_rate=0.1,
            l2_regularization_strength=0.2,
            l2_shrinkage_regularization_strength=0.1,
        ),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.learning_rate_power = self.number("learning_rate_power", learning_rate_power, UP_TO_0)
        self.initial_accumulator_value = self.number(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.l1_regularization_strength = self.number(
            "l1_regularization_strength", l1_regularization_strength
        )
        self.l2_regularization_strength = self.number(
            "l2_regularization_strength", l2_regularization_strength
        )
        self.l2_shrinkage_regularization_strength = self.number(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self.beta = self.number("beta", beta)

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return n and z."""
        return (Slot("accumulator", self.initial_accumulator_value), Slot("linear"))

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, n and z."""
        total = slots[0] + np.square(gradient)
        before, after = slots[0] ** -self.learning_rate_power, total**-self.learning_rate_power
        shrunk = gradient + 2 * self.l2_shrinkage_regularization_strength * parameter
        linear = slots[1] + (shrunk - (after - before) / learning_rate * parameter)
        l1 = self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2 * learning_rate)
        best = (np.clip(linear, -l1, l1) - linear) / (after / learning_rate + 2 * l2)
        return best, (total, linear)
