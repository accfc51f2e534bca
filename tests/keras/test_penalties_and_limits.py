"""Regularizers and constraints: what holds for each, and what they do to a training."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value
from tinygrad_gates.keras import Sequential, constraints, layers, optimizers, regularizers

W = np.random.default_rng(0).normal(size=(5, 4))


def cases(family: Any) -> list[Any]:
    return [
        pytest.param(entry, number, id=f"{entry.__name__}-{number}")
        for entry in family.registry
        if entry.__module__.startswith("tinygrad_gates")
        for number in range(len(entry.examples))
    ]


PENALTIES, LIMITS = cases(regularizers.Regularizer), cases(constraints.Constraint)


def made(cls: Any, number: int) -> Any:
    return cls(**cls.examples[number].arguments)


@pytest.mark.parametrize(("cls", "number"), [*PENALTIES, *LIMITS])
def test_a_configuration_makes_an_equal_object(cls: Any, number: int) -> None:
    item = made(cls, number)
    family = regularizers if isinstance(item, regularizers.Regularizer) else constraints
    again = family.deserialize(json.loads(json.dumps(family.serialize(item))))
    assert type(again) is cls
    assert again.get_config() == item.get_config()
    weight = Value(W)
    np.testing.assert_array_equal(again(weight).numpy(), item(weight).numpy())


@pytest.mark.parametrize(("cls", "number"), PENALTIES)
def test_penalties_are_numbers_with_gradients(cls: Any, number: int) -> None:
    penalty = made(cls, number)
    assert penalty(Value(W)).shape == ()
    assert penalty(Value(W.astype(np.float32))).dtype == np.float32
    assert penalty(Value(W)).item() >= 0
    tf.assert_gradients(penalty, W)


FORMULAS: dict[str, tuple[Any, float]] = {
    "l1": (regularizers.L1(0.1), 0.1 * np.abs(W).sum()),
    "l2": (regularizers.L2(0.1), 0.1 * np.square(W).sum()),
    "both": (regularizers.L1L2(0.1, 0.2), 0.1 * np.abs(W).sum() + 0.2 * np.square(W).sum()),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas(name: str) -> None:
    penalty, expected = FORMULAS[name]
    assert penalty(Value(W)).item() == pytest.approx(expected)


def test_orthogonal_rows_cost_nothing() -> None:
    rows = np.linalg.qr(W)[0].T
    assert regularizers.OrthogonalRegularizer(0.5)(Value(rows)).item() == pytest.approx(
        0, abs=1e-12
    )
    assert regularizers.OrthogonalRegularizer(0.5)(Value(W.T)).item() > 0.01


@pytest.mark.parametrize(("cls", "number"), LIMITS)
def test_limits_hold_and_hold_again(cls: Any, number: int) -> None:
    limit = made(cls, number)
    once = np.asarray(limit(W.astype(np.float32)))
    assert once.shape == W.shape
    assert once.dtype == np.float32
    if getattr(limit, "rate", 1.0) == 1.0:
        np.testing.assert_allclose(np.asarray(limit(once)), once, rtol=1e-5, atol=1e-6)


def test_limits_do_what_they_say() -> None:
    norm = np.linalg.norm
    assert (norm(constraints.MaxNorm(0.7)(W), axis=0) <= 0.7 + 1e-6).all()
    unit = constraints.UnitNorm()(W)
    np.testing.assert_allclose(norm(unit, axis=0), 1, rtol=1e-6)
    assert (constraints.NonNeg()(W) == np.maximum(W, 0)).all()
    between = norm(constraints.MinMaxNorm(0.5, 0.9)(W), axis=0)
    assert ((between >= 0.5 - 1e-6) & (between <= 0.9 + 1e-6)).all()


def test_training_minimises_loss_and_penalty() -> None:
    x, y = np.ones((1, 1)), np.full((1, 1), 3.0)
    model = Sequential([layers.Dense(1, use_bias=False, kernel_regularizer="l2", input_shape=(1,))])
    model.compile(optimizers.SGD(0.1), "mse")
    model.fit(x, y, epochs=200, verbose=0)
    # (w - 3)^2 + 0.01 w^2 is least at 3 / 1.01
    assert model.get_weights()[0].item() == pytest.approx(3 / 1.01, rel=1e-4)
    loss = model.evaluate(x, y, verbose=0)
    assert loss == pytest.approx((3 / 1.01 - 3) ** 2 + 0.01 * (3 / 1.01) ** 2, rel=1e-3)
    assert len(model.losses) == 1


def test_training_stays_within_limits() -> None:
    model = Sequential([
        layers.Dense(3, kernel_constraint="non_neg", bias_constraint="max_norm", input_shape=(2,)),
        layers.Dense(1, kernel_constraint=constraints.UnitNorm()),
    ])  # fmt: skip
    model.compile(optimizers.SGD(1.0), "mse")
    model.fit(np.eye(2), [[5.0], [-5.0]], epochs=5, verbose=0)
    kernel, bias, last, _ = model.get_weights()
    assert (kernel >= 0).all()
    assert np.linalg.norm(bias) <= 2 + 1e-5
    np.testing.assert_allclose(np.linalg.norm(last, axis=0), 1, rtol=1e-5)


def test_activity_is_penalised_per_sample() -> None:
    layer = layers.Dense(2, use_bias=False, kernel_initializer="ones", activity_regularizer="l1")
    layer(np.ones((4, 3)))
    assert sum(loss.item() for loss in layer.losses) == pytest.approx(0.01 * 4 * 2 * 3 / 4)


def test_functions_of_ones_own() -> None:
    layer = layers.Dense(
        1,
        kernel_regularizer=lambda w: 3.0 * (w**2).sum(),
        kernel_constraint=lambda w: w.clip(-1, 1),
    )
    layer.build((None, 2))
    assert layer.losses[0].item() == pytest.approx(3 * np.square(layer.get_weights()[0]).sum())


WRONG: dict[str, tuple[Any, str]] = {
    "a name": (lambda: regularizers.get("l3"), "Unknown regularizer: 'l3'. Known are: L1, "),
    "a number": (lambda: layers.Dense(1, kernel_regularizer=0.01), "Could not interpret regular"),
    "a factor": (lambda: regularizers.L2("much"), "l2='much' has to be a finite number"),
    "no number": (lambda: regularizers.L1(float("nan")), "l1=nan"),
    "a mode": (lambda: regularizers.OrthogonalRegularizer(0.1, mode="x"), "mode='x'"),
    "a limit": (lambda: constraints.get("max"), "Unknown constraint: 'max'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        make()
