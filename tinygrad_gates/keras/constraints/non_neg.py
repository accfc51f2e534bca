"""No negative numbers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.constraints.constraint import Constraint
from tinygrad_gates.keras.examples import example


class NonNeg(Constraint, aliases=("nonneg", "non_negative")):
    """Puts 0 in the place of negative numbers.

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    examples: ClassVar = (example((3, 2)),)

    def __call__(self, w: Any) -> Any:
        """Return the numbers, 0 where they were negative."""
        return np.maximum(w, 0)
