"""The sum of absolute values."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.regularizers.regularizer import Regularizer, factor


class L1(Regularizer):
    """Returns l1 sum |x|, which drives weights to 0 (Tibshirani, "Regression shrinkage", 1996).

    Args:
        l1: the factor.

    >>> float(L1(0.5)([1.0, -2.0]))
    1.5
    """

    examples: ClassVar = (example((3, 2)), example((3,), l1=0.3))

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = factor(self, "l1", 0.01 if l1 is None else l1)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of x."""
        return np.sum(np.abs(x)) * self.l1
