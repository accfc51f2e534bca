"""A learning rate that falls along a power of the time left."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    as_float32,
)


class PolynomialDecay(LearningRateSchedule):
    """From the initial rate to the end rate, along (1 - step / decay_steps)**power.

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: after how many steps the end is reached.
        end_learning_rate: the rate at the end, and after it.
        power: 1 for a straight line.
        cycle: whether, instead of staying at the end, `decay_steps` is lengthened to the next
            multiple that is not yet passed.
        name: what it is called.

    Raises:
        ValueError: if `decay_steps` is not positive, or another is no finite number.

    >>> schedule = PolynomialDecay(1.0, decay_steps=4, end_learning_rate=0.5)
    >>> [float(schedule(step)) for step in (0, 1, 4, 9)]
    [1.0, 0.875, 0.5, 0.5]
    """

    examples: ClassVar = (
        example(initial_learning_rate=0.1, decay_steps=12),
        example(initial_learning_rate=0.1, decay_steps=7, end_learning_rate=0.02, power=2.0),
        example(initial_learning_rate=0.1, decay_steps=7, power=0.5, cycle=True),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = self.number("initial_learning_rate", initial_learning_rate)
        self.decay_steps = self.number("decay_steps", decay_steps, positive=True)
        self.end_learning_rate = self.number("end_learning_rate", end_learning_rate)
        self.power = self.number("power", power)
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the rate after this many steps."""
        done, steps = as_float32(step), np.float32(self.decay_steps)
        if self.cycle:
            steps = steps * np.maximum(np.ceil(done / steps), 1)
        else:
            done = np.minimum(done, steps)
        end = np.float32(self.end_learning_rate)
        return (self.initial_learning_rate - end) * (1 - done / steps) ** self.power + end
