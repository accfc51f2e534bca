"""What several rules compute: running means, and numbers that grow with the step."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import Value


def cast(number: Any, like: Any) -> Any:
    """Return a number in the dtype of an array or a Value, so that it never widens it.

    >>> cast(np.int64(3), np.ones(2, np.float32))
    np.float32(3.0)
    """
    if isinstance(number, (Value, Traced, np.ndarray)):
        return number.astype(like.dtype)
    return like.dtype.type(number)


def chosen(condition: Any, one: Any, other: Any) -> Any:
    """Return one thing if a condition holds, else the other.

    Inside of a compiled step the condition is an array that is not computed yet.

    >>> chosen(False, "this", "that")
    'that'
    """
    if isinstance(condition, Traced):
        return np.where(condition, one, other)
    return one if condition else other


def running_mean(mean: Any, item: Any, beta: float) -> Any:
    """Return beta * mean + (1 - beta) * item.

    >>> running_mean(1.0, 3.0, 0.5)
    2.0
    """
    return mean + (item - mean) * (1 - beta)


def power(base: float, step: Any, like: Any) -> Any:
    """Return base**step in the dtype of an array or a Value.

    >>> power(0.5, 3, np.ones(2, np.float32))
    np.float32(0.125)
    """
    return cast(base, like) ** cast(step, like)


def adam_change(
    gradient: Any,
    slots: tuple[Any, ...],
    learning_rate: Any,
    step: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Any, tuple[Any, ...]]:
    """Return what Adam takes off a parameter, and its running means after the step.

    Where the slots hold a third array, the largest mean square so far, it divides by that
    (AMSGrad).
    """
    mean = running_mean(slots[0], gradient, beta_1)
    square = running_mean(slots[1], np.square(gradient), beta_2)
    largest = [np.maximum(so_far, square) for so_far in slots[2:]]
    # The means began as 0: this makes up for what is missing in them.
    growth = np.sqrt(1 - power(beta_2, step, gradient)) / (1 - power(beta_1, step, gradient))
    root = np.sqrt(largest[0] if largest else square)
    change = mean * (learning_rate * growth) / (root + epsilon)
    return change, (mean, square, *largest)
