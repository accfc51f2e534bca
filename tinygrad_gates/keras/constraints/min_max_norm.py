"""Bounds below and above for norms."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.constraints.constraint import EPSILON, Axis, Constraint, norms
from tinygrad_gates.keras.examples import example


class MinMaxNorm(Constraint):
    """Brings lengths of vectors between two bounds.

    Args:
        min_value: the least length.
        max_value: the greatest length.
        rate: how far a length is brought there in one step, 1 for at once.
        axis: along which vectors lie; 0 for the inputs of each unit of a `Dense`.

    >>> MinMaxNorm(0.0, 1.0)(np.array([[3.0], [4.0]])).round(4)
    array([[0.6],
           [0.8]])
    """

    examples: ClassVar = (
        example((3, 2)),
        example((3, 2), min_value=0.5, max_value=1.5, rate=0.3, axis=1),
    )

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: Axis = 0,
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the numbers, with lengths between the bounds, or nearer to them."""
        lengths = norms(w, self.axis)
        bounded = np.clip(lengths, self.min_value, self.max_value)
        desired = self.rate * bounded + (1 - self.rate) * lengths
        return w * (desired / (EPSILON + lengths))
