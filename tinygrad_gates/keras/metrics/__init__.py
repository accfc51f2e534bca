"""Metrics: streamed over batches, and found by name with `get`."""

from tinygrad_gates.keras.metrics.binary_accuracy import BinaryAccuracy, binary_accuracy
from tinygrad_gates.keras.metrics.categorical_accuracy import (
    CategoricalAccuracy,
    categorical_accuracy,
)
from tinygrad_gates.keras.metrics.mean import Mean
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.metrics.mean_squared_error import MeanSquaredError
from tinygrad_gates.keras.metrics.metric import Metric, get
from tinygrad_gates.keras.metrics.resolve import for_shapes
from tinygrad_gates.keras.metrics.sparse_categorical_accuracy import (
    SparseCategoricalAccuracy,
    sparse_categorical_accuracy,
)

__all__ = [
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Mean",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "for_shapes",
    "get",
    "sparse_categorical_accuracy",
]
