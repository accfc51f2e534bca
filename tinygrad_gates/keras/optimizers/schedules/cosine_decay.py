"""A learning rate that falls along half a cosine, after a rise if wanted."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    as_float32,
)


class CosineDecay(LearningRateSchedule):
    """From a rate down to alpha times it, along (1 + cos(pi step / decay_steps)) / 2.

    With a `warmup_target`, the rate first rises on a straight line to that, and falls from there
    (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017;
    Goyal et al., "Accurate, large minibatch SGD", 2017).

    Args:
        initial_learning_rate: the rate of the first step.
        decay_steps: how many steps the fall takes.
        alpha: what is left at the end, as a share of the rate at which the fall begins.
        name: what it is called.
        warmup_target: the rate to rise to; None for no rise.
        warmup_steps: how many steps the rise takes.

    Raises:
        ValueError: if `decay_steps` is not positive, `warmup_steps` is negative, or another is
            no finite number.

    >>> schedule = CosineDecay(0.0, decay_steps=4, warmup_target=1.0, warmup_steps=2)
    >>> [round(float(schedule(step)), 4) for step in (0, 1, 2, 4, 6)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    examples: ClassVar = (
        example(initial_learning_rate=0.1, decay_steps=12),
        example(initial_learning_rate=0.1, decay_steps=15, alpha=0.25),
        example(initial_learning_rate=0.01, decay_steps=9, warmup_target=0.1, warmup_steps=5),
        example(initial_learning_rate=0.0, decay_steps=9, warmup_target=0.1),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = self.number("initial_learning_rate", initial_learning_rate)
        self.decay_steps = self.number("decay_steps", decay_steps, positive=True)
        self.alpha = self.number("alpha", alpha)
        self.name = name
        if warmup_target is not None:
            self.number("warmup_target", warmup_target)
        self.warmup_target = warmup_target
        self.warmup_steps = self.number("warmup_steps", warmup_steps)
        if warmup_steps < 0:
            raise ValueError(f"CosineDecay: warmup_steps={warmup_steps} has to be 0 or more.")

    def __call__(self, step: Any) -> Any:
        """Return the rate after this many steps."""
        done = as_float32(step)
        if self.warmup_target is None:
            return self._fallen(done, self.initial_learning_rate)
        fallen = self._fallen(np.maximum(done - self.warmup_steps, 0), self.warmup_target)
        if not self.warmup_steps:
            return fallen
        rise = np.float32(self.warmup_target - self.initial_learning_rate)
        risen = rise * (done / self.warmup_steps) + self.initial_learning_rate
        return np.where(done < self.warmup_steps, risen, fallen)[()]

    def _fallen(self, done: Any, rate: float) -> Any:
        share = np.minimum(done, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1 + np.cos(math.pi * share))
        return rate * ((1 - self.alpha) * cosine + self.alpha)
