"""How far rows, or columns, are from being orthogonal."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.regularizers.regularizer import Regularizer, factor

EPSILON = 1e-12
"""The least squared length that a vector is divided by."""


class OrthogonalRegularizer(Regularizer):
    """Returns factor times the mean of |cosine| over all pairs of rows, or of columns.

    Args:
        factor: what the mean is multiplied with.
        mode: "rows" or "columns".

    Raises:
        ValueError: for another mode.

    >>> float(OrthogonalRegularizer(1.0)([[1.0, 0.0], [0.0, 2.0]]))
    0.0
    """

    examples: ClassVar = (example((3, 4)), example((3, 4), factor=0.3, mode="columns"))

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor(self, factor)
        if mode not in ("rows", "columns"):
            raise ValueError(f"OrthogonalRegularizer: mode={mode!r} is neither rows nor columns.")
        self.mode = mode

    def __call__(self, x: Any) -> Any:
        """Return the penalty of x, a matrix; raises `ShapeError` if it is none."""
        if np.ndim(x) != 2:
            raise ShapeError(
                f"OrthogonalRegularizer: a matrix is needed, and this has shape {np.shape(x)}."
            )
        vectors = x if self.mode == "rows" else np.transpose(x)
        squares = np.sum(np.square(vectors), axis=1, keepdims=True)
        unit = vectors / np.sqrt(np.maximum(squares, EPSILON))
        cosines = unit @ np.transpose(unit)
        count = np.shape(vectors)[0]
        between = np.where(np.eye(count, dtype=bool), 0, np.abs(cosines))
        return np.sum(between) * (0.5 * self.factor / max(count * (count - 1) / 2, 1))


def _factor(owner: Regularizer, given: Any) -> float:
    return factor(owner, "factor", given)
