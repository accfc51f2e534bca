"""Metrics: exact over any batches, named as asked, and right for the shapes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import metrics

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 30)
SCORES = RNG.uniform(size=(30, 3))
BITS = RNG.integers(0, 2, (30, 1))
OUTPUTS = RNG.uniform(-0.2, 1.2, (30, 1))
WEIGHTS = RNG.uniform(size=30)

METRICS: dict[str, tuple[Any, Any, Any, Any]] = {
    "binary_accuracy": (metrics.BinaryAccuracy, BITS, OUTPUTS, (OUTPUTS > 0.5) == BITS),
    "binary_accuracy, 0.8": (
        lambda: metrics.BinaryAccuracy(threshold=0.8), BITS, OUTPUTS, (OUTPUTS > 0.8) == BITS,
    ),
    "categorical_accuracy": (
        metrics.CategoricalAccuracy, np.eye(3)[LABELS], SCORES, SCORES.argmax(1) == LABELS,
    ),
    "sparse_categorical_accuracy": (
        metrics.SparseCategoricalAccuracy, LABELS, SCORES, SCORES.argmax(1) == LABELS,
    ),
    "mean_squared_error": (metrics.MeanSquaredError, BITS, OUTPUTS, (OUTPUTS - BITS) ** 2),
}  # fmt: skip


@pytest.mark.parametrize("name", METRICS)
@given(cuts=st.lists(st.integers(0, 30), max_size=4), weighted=st.booleans())
def test_batches_give_what_the_whole_gives(name: str, cuts: list[int], weighted: bool) -> None:
    make, y_true, y_pred, each = METRICS[name]
    metric = make()
    weights = WEIGHTS if weighted else None
    ends = [0, *sorted(cuts), 30]
    for start, stop in pairwise(ends):
        part = slice(start, stop)
        weight = None if weights is None else weights[part]
        metric.update_state(y_true[part], y_pred[part], sample_weight=weight)
    expected = np.average(np.asarray(each, float).ravel(), weights=weights)
    assert metric.result() == pytest.approx(expected, rel=1e-6)
    metric.reset_state()
    assert metric.result() == 0.0


@pytest.mark.parametrize(
    ("y_true", "y_pred", "kind"),
    [
        ((4, 1), (4, 1), metrics.BinaryAccuracy),
        ((4,), (4, 1), metrics.BinaryAccuracy),
        ((4,), (4,), metrics.BinaryAccuracy),
        ((4, 10), (4, 10), metrics.CategoricalAccuracy),
        ((4,), (4, 10), metrics.SparseCategoricalAccuracy),
        ((4, 1), (4, 10), metrics.SparseCategoricalAccuracy),
        ((4, 5), (4, 5, 10), metrics.SparseCategoricalAccuracy),
    ],
)
@pytest.mark.parametrize("name", ["acc", "accuracy", "Accuracy"])
def test_accuracy_depends_on_the_shapes(name: str, y_true: Any, y_pred: Any, kind: Any) -> None:
    metric = metrics.for_shapes(name, y_true, y_pred)
    assert type(metric) is kind
    assert metric.name == name


def error(y_true: Any, y_pred: Any) -> Any:
    return np.abs(y_true - y_pred)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("mse", "mse"),
        ("MSE", "MSE"),
        ("mean_squared_error", "mean_squared_error"),
        (metrics.MeanSquaredError, "mean_squared_error"),
        (metrics.MeanSquaredError(name="apart"), "apart"),
        (error, "error"),
    ],
)
def test_logs_call_a_metric_as_it_was_asked_for(identifier: Any, name: str) -> None:
    metric = metrics.for_shapes(identifier, (2, 1), (2, 1))
    assert metric.name == name
    assert metric([[1.0], [2.0]], [[3.0], [4.0]]) in (2.0, 4.0)


def test_a_mean_takes_anything() -> None:
    mean = metrics.Mean()
    assert mean.result() == 0.0
    mean.update_state(3)
    mean.update_state(np.array([1.0, 2.0]))
    mean.update_state([[1.0, 3.0], [0.0, 0.0]])
    mean.update_state([])
    mean.add(10.0, 5)
    assert mean.result() == (3 + 1 + 2 + 2 + 0 + 50) / 10


def test_accuracies_need_no_metric_object() -> None:
    np.testing.assert_array_equal(metrics.binary_accuracy([1, 0], [0.6, 0.6]), [1, 0])
    assert metrics.binary_accuracy([1, 0], [0.6, 0.6]).dtype == np.float32
    assert metrics.binary_accuracy([1.0], [np.nan]).tolist() == [0.0]


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "name": (lambda: metrics.get("binary_acuracy"), ValueError, "Did you mean 'binary_accuracy'"),
    "accuracy": (lambda: metrics.for_shapes("accurcy", (4,), (4, 1)), ValueError, "'accuracy'"),
    "number": (lambda: metrics.get(3), ValueError, "Could not interpret metric 3"),
    "threshold": (
        lambda: metrics.BinaryAccuracy(threshold=float("nan")), ValueError, "threshold=nan",
    ),
    "shapes": (
        lambda: metrics.BinaryAccuracy()([[1, 0]], [[1.0]]), ShapeError, "binary_accuracy: y_true",
    ),
    "classes": (
        lambda: metrics.SparseCategoricalAccuracy()([[1, 2]], [[0.1, 0.9]]), ShapeError, "row",
    ),
    "text": (
        lambda: metrics.BinaryAccuracy("acc")(["yes"], [1.0]), DtypeError, "acc: y_true.*'yes'",
    ),
    "weights": (lambda: metrics.Mean()([1.0, 2.0], [1.0]), ShapeError, "mean: sample_weight"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
