"""What regularizers share: a registry, and finding one by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from tinygrad_gates.keras.registry import Configurable, Registry

Penalty = Callable[[Any], Any]


class Regularizer(Configurable):
    """A function of a weight, or of an output, that returns a penalty: a scalar Value."""

    registry: ClassVar[Registry[Penalty]] = Registry("regularizer", takes_functions=True)
    config_module = "keras.regularizers"

    def __call__(self, x: Any) -> Any:
        """Return the penalty of x, a Value, as a scalar Value."""
        raise NotImplementedError


def factor(owner: Regularizer, name: str, given: Any) -> float:
    """Return an argument as a finite float; raises `ValueError` if it is none."""
    try:
        number = math.nan if isinstance(given, (str, bytes, bool)) else float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{type(owner).__name__}: {name}={given!r} has to be a finite number.")
    return number


def get(identifier: Any) -> Any:
    """Return a regularizer by its name, class or configuration, or as it is; None means none.

    Raises `ValueError` for an unknown name.

    >>> float(get("l2")([1.0, 2.0]))
    0.05
    """
    return None if identifier is None else Regularizer.registry.get(identifier)
