"""The sum of squares."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.regularizers.regularizer import Regularizer, factor


class L2(Regularizer):
    """Returns l2 sum x**2, which keeps weights small (Hoerl and Kennard, "Ridge regression", 1970).

    Args:
        l2: the factor.

    >>> float(L2(0.5)([1.0, -2.0]))
    2.5
    """

    examples: ClassVar = (example((3, 2)), example((3,), l2=0.3))

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = factor(self, "l2", 0.01 if l2 is None else l2)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of x."""
        return np.sum(np.square(x)) * self.l2
