"""The square root of the mean of squared differences."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.mean import Mean
from tinygrad_gates.keras.tensors import as_array


class RootMeanSquaredError(Mean):
    """sqrt(mean((y_pred - y_true)^2)) over all batches together.

    Args:
        name: the key in logs.
        dtype: in which differences are computed.

    >>> RootMeanSquaredError()([[0.0, 1.0]], [[3.0, 5.0]])
    3.5355339059327378
    """

    direction = "down"
    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 2), (6, 2)),
        example((6,), (6, 1), name="rmse", dtype="float64"),
    )

    def __init__(
        self, name: str | None = "root_mean_squared_error", dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add the squared differences of a batch.

        Args:
            y_true: targets, samples first.
            y_pred: predictions of the same shape.
            sample_weight: one weight for each sample (or for each number).

        Raises:
            ShapeError: if the shapes do not fit.
        """
        dtype = np.dtype(self.dtype)
        y_true = as_array(y_true, f"{self.name}: y_true", dtype)
        y_pred = as_array(y_pred, f"{self.name}: y_pred", dtype)
        y_true, y_pred = match_shapes(y_true, y_pred, self.name)
        super().update_state(np.square(y_pred - y_true), sample_weight)

    def result(self) -> float:
        """Return the root of the weighted mean; 0 before anything was seen."""
        return float(np.sqrt(super().result()))
