"""The mean of squared differences, as a metric."""

from __future__ import annotations

from tinygrad_gates.keras.losses.mean_squared_error import mean_squared_error
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper, aliases=("mse",)):
    """The mean of squared differences between targets and predictions.

    >>> MeanSquaredError()([[0.0], [1.0]], [[1.0], [3.0]])
    2.5
    """

    def __init__(self, name: str | None = "mean_squared_error") -> None:
        super().__init__(mean_squared_error, name)
