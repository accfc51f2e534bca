"""A learning rate that falls along half a cosine again and again."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    as_float32,
)


class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines as of `CosineDecay`, each longer and lower than the one before.

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    Args:
        initial_learning_rate: the rate of the first step.
        first_decay_steps: how many steps the first fall takes.
        t_mul: how many times as long each fall is as the one before.
        m_mul: how many times as high each fall begins as the one before.
        alpha: what is left at the end, as a share of the initial rate.
        name: what it is called.

    Raises:
        ValueError: if `first_decay_steps` or `t_mul` is not positive, or another is no finite
            number.

    >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=2, m_mul=0.5)
    >>> [round(float(schedule(step)), 4) for step in (0, 1, 2, 4, 6)]
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    examples: ClassVar = (
        example(initial_learning_rate=0.1, first_decay_steps=4),
        example(initial_learning_rate=0.1, first_decay_steps=5, t_mul=1.0, m_mul=0.8),
        example(initial_learning_rate=0.1, first_decay_steps=3, t_mul=1.5, m_mul=0.5, alpha=0.1),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = self.number("initial_learning_rate", initial_learning_rate)
        self.first_decay_steps = self.number("first_decay_steps", first_decay_steps, positive=True)
        self.t_mul = self.number("t_mul", t_mul, positive=True)
        self.m_mul = self.number("m_mul", m_mul)
        self.alpha = self.number("alpha", alpha)
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the rate after this many steps."""
        falls, share = self._place(as_float32(step) / np.float32(self.first_decay_steps))
        height = np.float32(self.m_mul) ** falls
        cosine = 0.5 * height * (1 + np.cos(math.pi * share))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)

    def _place(self, time: Any) -> tuple[Any, Any]:
        """Return how many falls are over, and how much of this one; time counts first falls."""
        if self.t_mul == 1:
            falls = np.floor(time)
            return falls, time - falls
        ratio = np.float32(self.t_mul)
        # After k falls the time is 1 + ratio + ... + ratio**(k - 1) = (ratio**k - 1) / (ratio - 1).
        falls = np.floor(np.log(1 + time * (ratio - 1)) / np.log(ratio))
        length = ratio**falls
        return falls, (time - (length - 1) / (ratio - 1)) / length
