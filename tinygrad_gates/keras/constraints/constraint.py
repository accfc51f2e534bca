"""What constraints share: a registry, and finding one by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.registry import Configurable, Registry

Projection = Callable[[Any], Any]
Axis = int | tuple[int, ...] | list[int]

EPSILON = 1e-7
"""What is added to a norm that is divided by."""


class Constraint(Configurable):
    """A function of a weight's numbers that returns the numbers to go on with.

    It is applied after every training step, to weights that have it.
    """

    registry: ClassVar[Registry[Projection]] = Registry("constraint", takes_functions=True)
    config_module = "keras.constraints"

    def __call__(self, w: Any) -> Any:
        """Return numbers of the same shape and dtype that meet the constraint; here w itself."""
        return w


def norms(w: Any, axis: Axis) -> Any:
    """Return the Euclidean norms along axes, which are kept with length 1."""
    axes = tuple(axis) if isinstance(axis, list) else axis
    return np.sqrt(np.sum(np.square(w), axis=axes, keepdims=True))


def get(identifier: Any) -> Any:
    """Return a constraint by its name, class or configuration, or as it is; None means none.

    Raises `ValueError` for an unknown name.

    >>> get("non_neg")(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return None if identifier is None else Constraint.registry.get(identifier)
