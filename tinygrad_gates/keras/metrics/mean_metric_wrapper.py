"""The mean of a function of targets and predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.keras.metrics.mean import Mean
from tinygrad_gates.keras.tensors import as_array


class MeanMetricWrapper(Mean):
    """The mean over samples of what a function says about each.

    Args:
        fn: takes targets and predictions, and returns a value for each sample.
        name: the key in logs; the function's own by default.
        **options: passed on to the function.

    >>> metric = MeanMetricWrapper(lambda y_true, y_pred: abs(y_pred - y_true), name="error")
    >>> metric([1.0, 2.0], [1.0, 5.0])
    1.5
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, **options: Any) -> None:
        super().__init__(name or getattr(fn, "__name__", None))
        self.fn = fn
        self.options = options

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add the values of a batch.

        Args:
            y_true: targets, samples first.
            y_pred: predictions, samples first.
            sample_weight: one weight for each sample.

        Raises:
            ShapeError: if the shapes do not fit.
        """
        if type(y_true) is not np.ndarray:
            y_true = as_array(y_true, f"{self.name}: y_true")
        if type(y_pred) is not np.ndarray:
            y_pred = as_array(y_pred, f"{self.name}: y_pred")
        super().update_state(self.fn(y_true, y_pred, **self.options), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        if type(self) is MeanMetricWrapper:
            return {"name": self.name, "fn": self.fn.__name__, **self.options}
        return super().get_config()
