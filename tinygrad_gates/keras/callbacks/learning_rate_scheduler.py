"""A learning rate for each epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

from tinygrad_gates.keras.callbacks.callback import Callback, Logs


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch, and adds it to the logs as "learning_rate".

    Args:
        schedule: a function of the epoch, from 0, and of the rate so far; or of the epoch alone.
        verbose: 1 to print the rate.

    Raises:
        TypeError: for what is no function.
        ValueError: in training, if the function returns no float.

    >>> LearningRateScheduler(lambda epoch, rate: rate * 0.9).verbose
    0
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(f"LearningRateScheduler: schedule={schedule!r} is no function.")
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the rate."""
        optimizer = self.model.optimizer
        rate = self._called(epoch, float(optimizer.learning_rate))
        if not isinstance(rate, (float, np.float32)):
            raise ValueError(
                f"LearningRateScheduler: the schedule returned {rate!r} of type "
                f"{type(rate).__name__}; it has to return a float."
            )
        optimizer.learning_rate = rate
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def _called(self, epoch: int, rate: float) -> float:
        try:
            inspect.signature(self.schedule).bind(epoch, rate)
        except TypeError:
            return self.schedule(epoch)
        return self.schedule(epoch, rate)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
