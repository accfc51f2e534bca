"""Which metric a name such as "acc" means, given targets and predictions."""

from __future__ import annotations

import inspect
from typing import Any

from tinygrad_gates.keras.losses import Loss
from tinygrad_gates.keras.losses.shapes import kind_of_labels
from tinygrad_gates.keras.metrics.binary_accuracy import BinaryAccuracy
from tinygrad_gates.keras.metrics.binary_crossentropy import BinaryCrossentropy
from tinygrad_gates.keras.metrics.categorical_accuracy import CategoricalAccuracy
from tinygrad_gates.keras.metrics.categorical_crossentropy import CategoricalCrossentropy
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.metrics.metric import ACCURACY, CROSSENTROPY, Metric, get
from tinygrad_gates.keras.metrics.sparse_categorical_accuracy import SparseCategoricalAccuracy
from tinygrad_gates.keras.metrics.sparse_categorical_crossentropy import (
    SparseCategoricalCrossentropy,
)
from tinygrad_gates.keras.utils.naming import to_snake_case


def for_shapes(identifier: Any, y_true: tuple[int, ...], y_pred: tuple[int, ...]) -> Metric:
    """Return the metric that an entry of `compile(metrics=...)` means.

    "acc" and "accuracy" mean binary accuracy for predictions with one value, sparse categorical
    accuracy for targets without the axis of classes, and categorical accuracy else, as in Keras;
    "crossentropy" and "ce" mean the cross-entropies likewise.
    A metric that was given by name keeps that name in logs.

    Args:
        identifier: a name, a class, an object, or a function of targets and predictions.
        y_true: the shape of a batch of targets.
        y_pred: the shape of a batch of predictions.

    Raises:
        ValueError: for an unknown name.

    >>> for_shapes("acc", (4, 1), (4, 1)), for_shapes("acc", (4,), (4, 10))
    (<BinaryAccuracy name=acc>, <SparseCategoricalAccuracy name=acc>)
    """
    several = _BY_SHAPE.get(identifier.lower()) if isinstance(identifier, str) else None
    metric: Any = several[kind_of_labels(y_true, y_pred)]() if several else get(identifier)
    if not isinstance(metric, Metric):
        metric = MeanMetricWrapper(metric)
    metric.name = log_name(identifier)
    resolved: Metric = metric
    return resolved


def log_name(identifier: Any) -> str:
    """Return the key in logs of an entry of `compile(metrics=...)`.

    Raises `ValueError` for an unknown name.

    >>> log_name("acc"), log_name(BinaryAccuracy(name="right"))
    ('acc', 'right')
    """
    if isinstance(identifier, str):
        if identifier.lower() not in _BY_SHAPE:
            get(identifier)
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        name = inspect.signature(identifier).parameters.get("name")
        default = name.default if name is not None else None
        return default if isinstance(default, str) else to_snake_case(identifier.__name__)
    metric = get(identifier)
    return metric.name if isinstance(metric, (Metric, Loss)) else metric.__name__


_ACCURACIES = {
    "binary": BinaryAccuracy,
    "sparse": SparseCategoricalAccuracy,
    "categorical": CategoricalAccuracy,
}
_CROSSENTROPIES = {
    "binary": BinaryCrossentropy,
    "sparse": SparseCategoricalCrossentropy,
    "categorical": CategoricalCrossentropy,
}
_BY_SHAPE: dict[str, dict[str, type[Metric]]] = {
    **dict.fromkeys(ACCURACY, _ACCURACIES),
    **dict.fromkeys(CROSSENTROPY, _CROSSENTROPIES),
}
