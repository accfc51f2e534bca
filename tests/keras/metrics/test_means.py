"""Metrics: exact over any batches, named as asked, and right for the shapes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_gates as tf
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import losses, masking, metrics

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
        (losses.MeanSquaredError(name="apart"), "apart"),
        (losses.Huber(), "huber_loss"),
    ],
)
def test_logs_call_a_metric_as_it_was_asked_for(identifier: Any, name: str) -> None:
    metric = metrics.for_shapes(identifier, (2, 1), (2, 1))
    assert metric.name == name
    assert metric([[1.0], [2.0]], [[3.0], [4.0]]) in (1.5, 2.0, 4.0)


def test_functions_of_ones_own_match_samples_one_to_one() -> None:
    metric = metrics.MeanMetricWrapper(error)
    assert metric([1.0, 2.0, 4.0], [[1.0], [2.0], [7.0]]) == 1.0
    assert metric([1.0, 2.0, 4.0], tf.Value([[1.0], [2.0], [7.0]])) == 1.0


@pytest.mark.parametrize("name", metrics.__all__)
def test_no_module_hides_a_function_of_its_name(name: str) -> None:
    assert callable(getattr(metrics, name))


def test_the_k_largest() -> None:
    scores = [[0.1, 0.4, 0.4, 0.2], [0.1, 0.2, 0.3, 0.9]]
    for k in (1, 2, 3, 4, 9):
        found = metrics.sparse_top_k_categorical_accuracy([2, 1], scores, k=k)
        np.testing.assert_array_equal(found, [1, k >= 3], "ties count")
        one_hot = np.eye(4)[[2, 1]]
        np.testing.assert_array_equal(metrics.top_k_categorical_accuracy(one_hot, scores, k), found)
    assert metrics.sparse_top_k_categorical_accuracy([7, -1, 0.5], [[1.0]] * 3, 5).sum() == 0
    assert metrics.sparse_top_k_categorical_accuracy([0], [[np.nan, 1.0]], 5).sum() == 0
    ids = metrics.SparseTopKCategoricalAccuracy(2, from_sorted_ids=True)
    assert ids([3, 1], [[3, 0, 1], [2, 0, 1]]) == 0.5


def test_a_mean_takes_anything() -> None:
    mean = metrics.Mean()
    assert mean.result() == 0.0
    mean.update_state(3)
    mean.update_state(np.array([1.0, 2.0]))
    mean.update_state([[1.0, 3.0], [0.0, 0.0]])
    mean.update_state([])
    mean.add(10.0, 5)
    assert mean.result() == (3 + 1 + 2 + 2 + 0 + 50) / 10


def test_inner_axes_of_weights_may_have_length_1() -> None:
    values = [[1.0, 3.0], [5.0, 7.0]]
    assert metrics.Mean()(values, [[1.0], [0.5]]) == (2 + 3) / 1.5
    assert metrics.Mean()(values, [[1.0, 0.0], [1.0, 1.0]]) == (0.5 + 6) / 1.5
    assert metrics.Mean()(values, 2.0) == 4.0
    assert metrics.Sum()(values, [[1.0], [0.5]]) == 4 + 6
    assert metrics.Mean()(values, [[1.0, 0.5]]) == (2.5 + 8.5) / 2 / 1.5
    assert metrics.Mean()(values, [2.0]) == 4.0
    assert metrics.Sum()(values, [[1.0, 0.5]]) == 1 + 1.5 + 5 + 3.5
    matches = metrics.BinaryAccuracy()([[0.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [1.0, 1.0]], [[3, 1]])
    assert matches == (3 + 4) / 8
    positives = metrics.TruePositives()([[1.0, 1.0], [1.0, 0.0]], np.ones((2, 2)), [[2.0, 3.0]])
    assert positives == 2 + 3 + 2


def test_integer_dtypes_cut_off_fractions() -> None:
    assert metrics.Mean(dtype="int32")([1.7, 2.9]) == 1.5
    assert metrics.Mean(dtype="int32")([1.0, 4.0], [1.9, 2.9]) == 3.0
    assert metrics.Sum(dtype="int32")([1.7, 2.9, -1.5]) == 2.0
    error = metrics.MeanSquaredError(dtype="int32")
    assert error([[0.0], [0.0]], [[1.5], [3.0]]) == (2 + 9) / 2
    assert error.get_config() == {"name": "mean_squared_error", "dtype": "int32"}


@pytest.mark.parametrize("weight", [None, 1.0, [1.0, 1.0, 1.0], [0.5, 2.0, 0.0]])
def test_an_ignored_class_weighs_nothing_among_weights(weight: Any) -> None:
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=0)
    result = metric([1, 0, 2], [[0.2, 0.5, 0.3]] * 3, weight)
    each = -np.log([0.5, 1.0, 0.3])
    counts = np.array([1, 0, 1]) * np.broadcast_to(1.0 if weight is None else weight, 3)
    expected = each.sum() / 3 if weight is None else (each * counts).sum() / counts.sum()
    assert result == pytest.approx(expected, rel=1e-6), "without weights all count, as in Keras"


@pytest.mark.parametrize("weight", [None, np.array([0.5, 2.0])])
def test_only_the_steps_of_a_mask_count(weight: Any) -> None:
    y_pred = tf.Value([[[0.9], [0.2]], [[0.8], [0.1]]])
    masking.set_mask(y_pred, [[True, False], [True, True]])
    result = metrics.BinaryAccuracy()([[[0.0], [0.0]], [[1.0], [0.0]]], y_pred, weight)
    right, counted = np.array([[0, 1], [1, 1]]), np.array([[1, 0], [1, 1]])
    by = counted if weight is None else counted * weight[:, None]
    assert result == pytest.approx((right * by).sum() / by.sum())


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
    "one-hot": (
        lambda: metrics.SparseCategoricalAccuracy()([[0, 1]], [[0.1, 0.9]]), ShapeError,
        "For one-hot targets, take the metric without 'sparse'",
    ),
    "one-hot, k": (
        lambda: metrics.SparseTopKCategoricalAccuracy(2)([[0, 1]], [[0.1, 0.9]]), ShapeError,
        "For one-hot targets",
    ),
    "sparse": (
        lambda: metrics.CategoricalAccuracy()([1, 0], [[0.1, 0.9], [0.2, 0.8]]), ShapeError,
        "categorical_accuracy: y_true has shape",
    ),
    "k": (lambda: metrics.TopKCategoricalAccuracy(0), ValueError, "TopKCateg.*: k=0 has to be"),
    "half a k": (lambda: metrics.top_k_categorical_accuracy([1], [1], 1.5), ValueError, "k=1.5"),
    "no function": (lambda: metrics.MeanMetricWrapper("mse"), TypeError, "fn='mse' has to be a"),
    "text for a dtype": (lambda: metrics.Mean(dtype="str"), ValueError, "Mean: dtype='str' is"),
    "lost function": (
        lambda: metrics.deserialize(metrics.serialize(metrics.MeanMetricWrapper(error))),
        ValueError, "Unknown metric: 'error'",
    ),
    "weights": (lambda: metrics.Mean()([1.0, 2.0], [1.0] * 3), ShapeError, "mean: sample_weight"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
