"""Metrics of one's own: their state, names and mistakes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import Sequential, config, layers, metrics
from tinygrad_gates.keras.utils.naming import clear_session


class Spread(metrics.Metric):
    """The largest minus the mean, as a user of Keras writes it."""

    def __init__(self, factor: float = 1.0, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.factor = factor
        self.largest = self.add_weight(name="largest", initializer="zeros")
        self.steps = self.add_variable(shape=(2,), initializer="ones", dtype="int64", name="steps")
        self.mean = metrics.Mean()
        self.parts = [metrics.Sum(), {"another": metrics.Sum()}]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        error = np.abs(y_true - y_pred)
        self.largest.assign(np.maximum(self.largest.numpy(), error.max()))
        self.steps.assign_add([1, 2])
        self.mean.update_state(error, sample_weight)

    def result(self) -> Any:
        return self.factor * (self.largest - self.mean.result())


def test_a_metric_of_ones_own() -> None:
    metric = metrics.get({"class_name": "Spread", "config": {"factor": 2.0}})
    assert metric(np.array([1.0, 2.0]), np.array([2.0, 5.0])).item() == 2.0
    assert metric(np.array([1.0]), np.array([9.0])).item() == 8.0
    assert metric.get_config() == {"factor": 2.0, "name": metric.name, "dtype": "float32"}
    assert [v.path.split("/")[-1] for v in metric.variables] == [
        "largest", "steps", "total", "count", "total", "total",
    ]  # fmt: skip
    assert not any(variable.trainable for variable in metric.variables)
    state = metric.get_state()
    assert [array.dtype.name for array in state] == ["float64", "int64", *["float64"] * 4]
    again = Spread(2.0)
    again.set_state(state)
    assert again.result().item() == metric.result().item()
    metric.reset_state()
    assert all(not np.any(array) for array in metric.get_state())


def test_the_dtype_is_floatx_unless_asked_for() -> None:
    metric = Spread()
    assert metric.dtype == "float32"
    assert Spread(dtype=np.float64).dtype == "float64"
    assert metrics.IoU(2, [0]).dtype == "int64"
    with pytest.raises(AttributeError):
        metric.dtype = "float64"
    try:
        config.set_floatx("float64")
        assert metrics.Mean().dtype == Spread().dtype == "float64"
    finally:
        config.set_floatx("float32")


def test_a_metric_of_ones_own_is_named_and_numbered() -> None:
    clear_session()
    assert [Spread().name, Spread().name, metrics.AUC().name] == ["spread", "spread_1", "auc"]
    assert metrics.Precision(name="p").variables[0].path == "p/true_positives"
    assert repr(metrics.AUC(name="area")) == "<AUC name=area>"


def test_a_state_of_another_metric_is_refused() -> None:
    metric = metrics.Mean()
    metric.update_state([3.0])
    for state in ([], [1.0], [1.0, [2.0]], [1.0, 2.0, 3.0]):
        with pytest.raises(ShapeError, match=r"mean: the state has arrays of shapes \["):
            metric.set_state(state)
    assert metric.result() == 3.0


@pytest.mark.parametrize(
    "make", [metrics.F1Score, metrics.R2Score, lambda: metrics.AUC(multi_label=True)]
)
@pytest.mark.parametrize("state", [[1.0], np.zeros((2, 3)), [[1.0], 2.0]])
def test_a_wrong_state_builds_nothing(make: Any, state: Any) -> None:
    metric = make()
    with pytest.raises(ShapeError, match=f"{metric.name}: the state"):
        metric.set_state(state)
    assert metric.variables == []
    metric.update_state([[0.0, 1.0, 0.0, 1.0]], [[0.1, 0.2, 0.3, 0.4]])


def test_get_leaves_none_and_functions_alone() -> None:
    assert metrics.get(None) is None
    assert metrics.get(metrics.binary_accuracy) is metrics.binary_accuracy


def without_super() -> None:
    class Hasty(metrics.Metric):
        def __init__(self) -> None:
            self.total = self.add_variable((), "zeros")

    Hasty()


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "super": (without_super, RuntimeError, r"Hasty: call super\(\).__init__\(\)"),
    "aggregation": (
        lambda: metrics.Metric().add_variable((), "zeros", aggregation="max"),
        ValueError, "aggregation='max' is none of",
    ),
    "initializer": (
        lambda: metrics.Metric().add_variable((), "zeroes"), ValueError, "Did you mean 'zeros'",
    ),
    "dtype": (lambda: metrics.Metric(dtype="float33"), ValueError, "dtype='float33' is none"),
    "update": (lambda: metrics.Metric()([1.0]), NotImplementedError, "define update_state"),
    "result": (lambda: metrics.Metric().result(), NotImplementedError, "define result"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()


def test_results_are_floats_that_are_asked_for_their_numbers_like_tensors() -> None:
    mean = metrics.Mean()
    mean.update_state([1.0, 2.0])
    result = mean.result()
    assert (result, f"{result:.2f}", json.dumps(result)) == (1.5, "1.50", "1.5")
    assert (result.numpy(), result.item(), result.shape) == (1.5, 1.5, ())
    assert result.numpy().dtype == result.dtype == np.float32
    model = Sequential([layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(np.ones((2, 1)), np.ones(2), verbose=0).history
    assert {type(number) for numbers in history.values() for number in numbers} == {float}
