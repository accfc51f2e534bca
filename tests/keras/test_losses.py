"""Losses: numbers, reductions, weights, gradients, and shapes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import config, losses, masking
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


STEPS = np.arange(24.0).reshape(2, 3, 4)
"""Predictions whose errors are weighed for 2 samples of 3 steps."""


@pytest.mark.parametrize(
    "shape", [(), (1,), (2,), (2, 1), (1, 1), (1, 3), (2, 3), (2, 3, 1), (1, 3, 1)]
)
@pytest.mark.parametrize("reduction", ["sum", "sum_over_batch_size", "mean_with_sample_weight"])
def test_weights_have_the_leading_axes_of_losses(shape: Any, reduction: str) -> None:
    weight = np.arange(1.0, 1 + np.prod(shape, dtype=int)).reshape(shape)
    each = np.mean(STEPS**2, axis=-1)
    column = weight[..., 0] if len(shape) == 3 else weight
    weighed = each * column.reshape(column.shape + (1,) * (2 - column.ndim))
    divisor = {"sum": 1.0, "sum_over_batch_size": each.size}.get(reduction, weight.sum())
    loss = MeanSquaredError(reduction=reduction)(np.zeros(STEPS.shape), STEPS, weight)
    assert loss.item() == pytest.approx(weighed.sum() / divisor, rel=1e-6)


def test_weights_of_samples_weigh_the_loss_of_a_whole_batch() -> None:
    y_true, y_pred = [[1.0], [0.0]], [[0.5], [0.25]]
    whole = losses.Dice()(y_true, y_pred).item()
    assert losses.Dice()(y_true, y_pred, [1.0, 3.0]).item() == pytest.approx(2 * whole)
    assert losses.Dice(reduction="sum")(y_true, y_pred, [1.0, 3.0]).item() == 4 * whole


def test_what_weighs_nothing_is_0() -> None:
    for reduction in ("sum", "mean", "mean_with_sample_weight"):
        value = tf.Value(P)
        loss = MeanSquaredError(reduction=reduction)(T, value, np.zeros(3))
        loss.backward()
        assert loss.item() == 0
        assert not value.grad.any()


@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight", "none"])
@pytest.mark.parametrize("weight", [None, np.zeros(0)])
def test_no_samples_have_no_losses(reduction: str, weight: Any) -> None:
    for y in (np.zeros((0, 2)), tf.Value(np.zeros((0, 2)))):
        assert MeanSquaredError(reduction=reduction)(np.zeros((0, 2)), y, weight).shape == (0,)
        assert losses.MeanAbsoluteError(reduction=reduction)(y, y, weight).shape == (0,)
    steps = np.zeros((0, 3, 2))
    shape = (0, 3) if reduction == "none" else ()
    assert MeanSquaredError(reduction=reduction)(steps, steps).shape == shape


def test_the_dtype_is_floatx_unless_asked_for() -> None:
    loss = MeanSquaredError()
    assert loss.dtype == "float32"
    assert MeanSquaredError(dtype=np.float64).dtype == "float64"
    with pytest.raises(AttributeError):
        loss.dtype = "float64"  # type: ignore[misc]
    try:
        config.set_floatx("float64")
        assert loss.dtype == "float64"
        assert loss(T, P).dtype == mse(T, P).dtype == np.float64
    finally:
        config.set_floatx("float32")


def test_whole_numbers_are_predictions_too() -> None:
    whole = tf.Value(np.array([[1], [2]]))
    for function in (MeanSquaredError(), losses.as_loss(lambda t, p: (t - p) ** 2)):
        loss = function([[0.5], [2.5]], whole)
        assert loss.item() == 0.25
        assert loss.dtype == np.float32


@pytest.mark.parametrize("dtype", [None, "float64"])
def test_a_mask_counts_in_every_dtype(dtype: Any) -> None:
    y_pred = tf.Value(P)
    masking.set_mask(y_pred, np.array([True, False, True]))
    loss = MeanSquaredError(dtype=dtype)(T, y_pred)
    assert loss.item() == pytest.approx(EACH[[0, 2]].mean())


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


@pytest.mark.parametrize(
    ("y_true", "y_pred"), [((4,), (4, 1)), ((4, 1), (4,)), ((4, 1), (4, 1)), ((4,), (4,))]
)
def test_losses_of_ones_own_match_samples_one_to_one(y_true: Any, y_pred: Any) -> None:
    class SquaredError(losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return (y_pred - y_true) ** 2

    t, p = np.arange(4.0), np.array([1.0, -1.0, 2.0, 5.0])
    expected = np.mean((t - p) ** 2)
    data = t.reshape(y_true), p.reshape(y_pred)
    assert SquaredError()(*data).item() == expected
    assert losses.as_loss(lambda t, p: (p - t) ** 2)(*data).item() == expected


def test_a_function_of_ones_own_gets_targets_of_the_rank_of_predictions() -> None:
    shapes = []
    loss = losses.as_loss(lambda t, p: shapes.append((t.shape, p.shape)) or p.mean(axis=-1))
    loss(np.zeros((2, 3)), np.zeros((2, 3, 1)))
    loss(np.zeros((2, 3, 1)), np.zeros((2, 3)))
    assert shapes == [((2, 3), (2, 3))] * 2


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
    assert losses.get(None) is None


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
    "weights": (lambda: MeanSquaredError()(T, P, [1.0, 2.0]), ShapeError, r"weight.*\(2,\)"),
    "dtype": (lambda: MeanSquaredError(dtype="bfloat16"), ValueError, "dtype='bfloat16' is none"),
    "integers": (lambda: MeanSquaredError(dtype="int32"), ValueError, "dtype='int32' is none"),
    "nothing": (lambda: losses.as_loss(None), ValueError, "Could not interpret loss None"),
    "no call": (lambda: losses.Loss()(T, P), NotImplementedError, "Loss has to define call"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()
