"""The sum of absolute values and that of squares."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.regularizers.regularizer import Regularizer, factor


class L1L2(Regularizer, aliases=("l1_l2",)):
    """Returns l1 sum |x| + l2 sum x**2 (Zou and Hastie, "Elastic net", 2005).

    Args:
        l1: the factor of absolute values.
        l2: the factor of squares.

    >>> float(L1L2(0.5, 0.5)([1.0, -2.0]))
    4.0
    """

    examples: ClassVar = (example((3, 2)), example((3,), l1=0.3), example((2, 2), l1=0.1, l2=0.2))

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = factor(self, "l1", 0.0 if l1 is None else l1)
        self.l2 = factor(self, "l2", 0.0 if l2 is None else l2)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of x."""
        penalty = np.sum(np.square(x)) * self.l2
        return penalty + np.sum(np.abs(x)) * self.l1 if self.l1 else penalty
