"""What learning rate schedules share: they are functions of the step, made from plain data."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.registry import Configurable, Registry
from tinygrad_gates.keras.registry import serialize as to_plain_data


class LearningRateSchedule(Configurable):
    """A function of the number of steps done, which returns the rate of the next step.

    A subclass defines `__call__`, and keeps its arguments in attributes of their names, or
    defines `get_config`.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.5**step
    >>> Halving()(2)
    0.25
    """

    registry: ClassVar[Registry[LearningRateSchedule]] = Registry(
        "learning rate schedule", takes_functions=True
    )
    config_module = "keras.optimizers.schedules"

    def __call__(self, step: Any) -> Any:
        """Return the learning rate, a float32.

        Args:
            step: how many steps were done: an integer, or a Value of one.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define __call__(self, step).")

    def number(self, name: str, given: Any, *, positive: bool = False) -> Any:
        """Return an argument as it came; what a Value or an array of one number holds.

        Raises `ValueError` if it is no finite number, or not positive where it has to be.
        """
        if isinstance(given, (Value, np.ndarray)) and np.size(given) == 1:
            given = given.item()
        is_number = isinstance(given, (int, float, np.number)) and not isinstance(given, bool)
        if not is_number or not math.isfinite(given) or (positive and given <= 0):
            what = "a positive number" if positive else "a finite number"
            raise ValueError(f"{type(self).__name__}: {name}={given!r} has to be {what}.")
        return given


def as_float32(number: Any) -> Any:
    """Return a number, or a Value of one, in the dtype that learning rates have.

    >>> as_float32(2)
    np.float32(2.0)
    """
    if isinstance(number, (Value, Traced)):
        return number.astype(np.float32)
    return np.float32(number)


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return the class and the configuration of a schedule, as plain data."""
    plain: dict[str, Any] = to_plain_data(learning_rate_schedule)
    return plain


def deserialize(
    config: dict[str, Any], custom_objects: dict[str, Any] | None = None
) -> LearningRateSchedule:
    """Return the schedule that `serialize` made plain data of.

    Args:
        config: the plain data.
        custom_objects: classes and functions by name that only this call knows.

    Raises:
        ValueError: for an unknown class.
    """
    schedule: LearningRateSchedule = LearningRateSchedule.registry.deserialize(
        config, custom_objects
    )
    return schedule
