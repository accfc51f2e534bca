"""A learning rate that falls by a factor."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    as_float32,
)


class ExponentialDecay(LearningRateSchedule):
    """The initial rate times decay_rate**(step / decay_steps).

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: after how many steps the rate is multiplied with `decay_rate`.
        decay_rate: the factor.
        staircase: whether the rate stays the same in between: step / decay_steps is floored.
        name: what it is called.

    Raises:
        ValueError: if `decay_steps` is not positive, or a rate is no finite number.

    >>> ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)(20)
    np.float32(0.03125)
    """

    examples: ClassVar = (
        example(initial_learning_rate=0.1, decay_steps=7, decay_rate=0.9),
        example(initial_learning_rate=0.1, decay_steps=3, decay_rate=0.5, staircase=True),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = self.number("initial_learning_rate", initial_learning_rate)
        self.decay_steps = self.number("decay_steps", decay_steps, positive=True)
        self.decay_rate = self.number("decay_rate", decay_rate)
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the rate after this many steps."""
        periods = as_float32(step) / np.float32(self.decay_steps)
        if self.staircase:
            periods = np.floor(periods)
        return self.initial_learning_rate * np.float32(self.decay_rate) ** periods
