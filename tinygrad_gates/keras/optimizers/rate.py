"""The learning rate: a variable, or what a schedule or a function makes of the step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.optimizers.checks import number
from tinygrad_gates.keras.optimizers.schedules import LearningRateSchedule
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import as_float32
from tinygrad_gates.keras.registry import is_ours, serialize
from tinygrad_gates.keras.variable import Variable

LearningRate: TypeAlias = float | Variable | LearningRateSchedule | Callable[..., Any]


class Rate:
    """An optimizer's learning rate.

    Args:
        optimizer: what messages name.
        given: a number, a schedule or a function.

    Raises:
        ValueError: for a number that is negative, infinite or none at all.
    """

    def __init__(self, optimizer: Any, given: Any) -> None:
        self.optimizer = optimizer
        self.schedule: Callable[..., Any] | None = None
        self.variable: Variable | None = None
        self.beside: Any = None
        if callable(given):
            self.schedule = given
        else:
            rate = np.float32(self._checked(given))
            self.variable = Variable(
                rate, trainable=False, name="learning_rate", owner=optimizer.name
            )

    def _checked(self, given: Any) -> float:
        or_else = "a LearningRateSchedule or a function of the step"
        return number(self.optimizer, "learning_rate", given, or_else=or_else)

    @property
    def is_from_outside(self) -> bool:
        """Whether a function of a user's makes it, which no program may take for granted."""
        return self.schedule is not None and not is_ours(type(self.schedule))

    @contextmanager
    def given(self, rate: Any) -> Iterator[None]:
        """Let the rate be one that was asked for before, a float32."""
        self.beside = rate
        try:
            yield
        finally:
            self.beside = None

    def assign(self, given: Any) -> None:
        """Become a number, a schedule or a function; the latter never become a number again."""
        if callable(given):
            self.schedule, self.variable = given, None
        elif self.variable is None:
            raise TypeError(
                f"{self.optimizer.name}: the learning rate is {self.schedule!r} and cannot be set "
                f"to {given!r}. To set it later, make the optimizer with a number."
            )
        else:
            self.variable.assign(self._checked(given))

    def at(self, step: Any) -> Any:
        """Return the rate, a float32, when so many steps were done."""
        if self.variable is not None:
            return self.variable._data
        if self.beside is not None:
            return self.beside
        schedule: Any = self.schedule
        rate = schedule(step) if _takes_the_step(schedule) else schedule()
        return as_float32(rate._data if isinstance(rate, Value) else rate)

    def serialized(self) -> Any:
        """Return the number, or the schedule as plain data."""
        return serialize(self.schedule if self.variable is None else self.variable)


def _takes_the_step(function: Callable[..., Any]) -> bool:
    """Return whether a function cannot be called without an argument, as Keras calls it."""
    if isinstance(function, LearningRateSchedule):
        return True
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return any(p.default is p.empty for p in positional)
