"""Losses: numbers, reductions, weights, gradients, and shapes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import losses
from tinygrad_gates.keras.losses import MeanSquaredError, mse

T = np.array([[0.0, 1.0], [2.0, 0.5], [1.0, -1.0]])
P = np.array([[0.5, 1.0], [0.0, 0.5], [3.0, 2.0]])
W = np.array([0.5, 0.0, 2.0])
EACH = np.mean((P - T) ** 2, axis=-1)


def test_mse_is_one_number_a_sample() -> None:
    result = mse(T, P)
    np.testing.assert_allclose(result.data, EACH, rtol=1e-6)
    assert result.dtype == np.float32
    assert losses.mean_squared_error is losses.MSE is mse


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [
        ("sum_over_batch_size", EACH.mean(), (EACH * W).mean()),
        ("mean", EACH.mean(), (EACH * W).mean()),
        ("mean_with_sample_weight", EACH.mean(), (EACH * W).sum() / W.sum()),
        ("sum", EACH.sum(), (EACH * W).sum()),
        ("none", EACH, EACH * W),
        (None, EACH, EACH * W),
    ],
)
def test_reductions(reduction: Any, plain: Any, weighted: Any) -> None:
    loss = MeanSquaredError(reduction=reduction)
    np.testing.assert_allclose(loss(T, P).data, plain, rtol=1e-6)
    np.testing.assert_allclose(loss(T, P, W).data, weighted, rtol=1e-6)
    column = loss(T, P, W[:, None]).data
    assert np.shape(column) == ((3, 1) if np.ndim(weighted) else ()), "as Keras's"
    np.testing.assert_allclose(np.squeeze(column), weighted, rtol=1e-6)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum"])
@pytest.mark.parametrize("weight", [None, W])
def test_gradients(reduction: str, weight: Any) -> None:
    loss = MeanSquaredError(reduction=reduction)
    tf.assert_gradients(lambda p: loss(T, p, weight), P, order=2)


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [((4,), (4, 1)), ((4, 1), (4,)), ((4, 1), (4, 1)), ((4, 3), (4, 3, 1)), ((4, 3, 1), (4, 3))],
)
def test_a_last_axis_of_length_1_may_be_left_out(y_true: Any, y_pred: Any) -> None:
    rng = np.random.default_rng(0)
    t, p = rng.normal(size=y_true), rng.normal(size=y_pred)
    total = MeanSquaredError()(t, p).item()
    assert total == pytest.approx(np.mean((t.ravel() - p.ravel()) ** 2), rel=1e-6)


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        ((4,), (3, 1)),
        ((4, 1), (4, 2)),
        ((4, 2), (4, 1)),
        ((1, 2), (4, 2)),
        ((4,), (4, 2)),
        ((), (4,)),
    ],
)
def test_nothing_is_broadcast(y_true: Any, y_pred: Any) -> None:
    with pytest.raises(ShapeError, match="mean_squared_error: y_true has shape"):
        mse(np.zeros(y_true), np.zeros(y_pred))


def test_a_function_of_ones_own_is_a_loss() -> None:
    def absolute(y_true: Any, y_pred: Any) -> Any:
        return np.mean(np.abs(y_true - y_pred), axis=-1)

    loss = losses.as_loss(absolute)
    assert loss.name == "absolute"
    assert loss(T, P).item() == pytest.approx(np.abs(T - P).mean(), rel=1e-6)
    assert loss(T, tf.Value(P)).dtype == np.float64
    tf.assert_gradients(lambda p: loss(T + 0.25, p), P, order=2)


def test_a_class_of_ones_own_is_found_by_name() -> None:
    class CubedError(losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return np.mean(np.abs(y_pred - y_true) ** 3, axis=-1)

    for name in ("CubedError", "cubed_error"):
        assert type(losses.get(name)) is CubedError


@pytest.mark.parametrize("name", ["mse", "MSE", "mean_squared_error"])
def test_functions_are_found_by_name(name: str) -> None:
    assert losses.get(name) is mse
    assert type(losses.as_loss(name)) is MeanSquaredError


def test_a_configuration_makes_an_equal_loss() -> None:
    config = MeanSquaredError(reduction="sum", name="total").get_config()
    assert config == {"reduction": "sum", "name": "total"}
    assert losses.get({"class_name": "MeanSquaredError", "config": config}).reduction == "sum"


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "reduction": (lambda: MeanSquaredError("average"), ValueError, "reduction='average'"),
    "name": (lambda: losses.get("msee"), ValueError, "Unknown loss: 'msee'. Did you mean 'mse'"),
    "number": (lambda: losses.get(3), ValueError, "Could not interpret loss 3"),
    "text": (lambda: mse(["a"], [1.0]), DtypeError, "y_true: numbers are needed.*'a'"),
    "ragged": (lambda: mse([[1.0], [1.0, 2.0]], P), DtypeError, "unequal lengths"),
    "complex": (lambda: mse(T, P + 1j), DtypeError, "y_pred: real numbers"),
    "weights": (lambda: MeanSquaredError()(T, P, [1.0]), ShapeError, r"sample_weight.*\(1,\)"),
    "no call": (lambda: losses.Loss()(T, P), NotImplementedError, "Loss has to define call"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
