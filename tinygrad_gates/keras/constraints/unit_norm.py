"""Norms of 1."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_gates.keras.constraints.constraint import EPSILON, Axis, Constraint, norms
from tinygrad_gates.keras.examples import example


class UnitNorm(Constraint):
    """Makes every vector as long as 1.

    Args:
        axis: along which vectors lie; 0 for the inputs of each unit of a `Dense`.

    >>> import numpy as np
    >>> UnitNorm()(np.array([[3.0], [4.0]])).round(4)
    array([[0.6],
           [0.8]])
    """

    examples: ClassVar = (example((3, 2)), example((3, 2), axis=1), example((2, 3, 2), axis=[0, 1]))

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the numbers, with vectors of length 1."""
        return w / (EPSILON + norms(w, self.axis))
