"""A bound above for norms."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.constraints.constraint import EPSILON, Axis, Constraint, norms
from tinygrad_gates.keras.examples import example


class MaxNorm(Constraint):
    """Shortens vectors that are longer than a bound (Srivastava et al., "Dropout", 2014).

    Args:
        max_value: the bound.
        axis: along which vectors lie; 0 for the inputs of each unit of a `Dense`.

    >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).round(4)
    array([[0.6],
           [0.8]])
    """

    examples: ClassVar = (
        example((3, 2)),
        example((3, 2), max_value=1.0, axis=1),
        example((2, 3, 2), max_value=0.5, axis=[0, 1]),
    )

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the numbers, with long vectors shortened."""
        lengths = norms(w, self.axis)
        return w * (np.clip(lengths, 0, self.max_value) / (EPSILON + lengths))
