"""What metrics share that are means of a function computing with Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.tensors import FLOAT32, as_array


class LossMetric(MeanMetricWrapper, shared=True):
    """The mean over samples of a loss (or its like), computed in the metric's dtype."""

    direction = "down"

    def _predictions(self, y_pred: Any) -> Value:
        dtype = np.dtype(self.dtype) if self._whole is None else FLOAT32
        return constant(as_array(y_pred, f"{self.name}: y_pred", dtype))
