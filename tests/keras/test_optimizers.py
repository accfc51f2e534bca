"""Optimizers against their formulas, written out in float64, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import optimizers
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD, Optimizer, RMSprop
from tinygrad_gates.keras.variable import Variable

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def sgd(w: Any, g: Any, s: dict[str, Any]) -> Any:
    return w - 0.1 * g


def momentum(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["v"] = 0.9 * s.get("v", 0) - 0.1 * g
    return w + s["v"]


def nesterov(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["v"] = 0.9 * s.get("v", 0) - 0.1 * g
    return w + 0.9 * s["v"] - 0.1 * g


def rmsprop(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["r"] = 0.9 * s.get("r", 0) + 0.1 * g * g
    return w - 0.01 * g / np.sqrt(s["r"] + 1e-7)


def rmsprop_momentum(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["r"] = 0.8 * s.get("r", 0) + 0.2 * g * g
    s["v"] = 0.5 * s.get("v", 0) + 0.01 * g / np.sqrt(s["r"] + 1e-3)
    return w - s["v"]


def rmsprop_centered(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["r"] = 0.9 * s.get("r", 0) + 0.1 * g * g
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    return w - 0.01 * g / np.sqrt(s["r"] - s["m"] ** 2 + 1e-7)


def rmsprop_both(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["r"] = 0.9 * s.get("r", 0) + 0.1 * g * g
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.5 * s.get("v", 0) + 0.01 * g / np.sqrt(s["r"] - s["m"] ** 2 + 1e-7)
    return w - s["v"]


OPTIMIZERS: dict[str, tuple[Any, Any]] = {
    "sgd": (lambda: SGD(learning_rate=0.1), sgd),
    "momentum": (lambda: SGD(learning_rate=0.1, momentum=0.9), momentum),
    "nesterov": (lambda: SGD(0.1, 0.9, True), nesterov),
    "rmsprop": (lambda: RMSprop(learning_rate=0.01), rmsprop),
    "rmsprop, momentum": (lambda: RMSprop(0.01, 0.8, 0.5, 1e-3), rmsprop_momentum),
    "rmsprop, centered": (lambda: RMSprop(0.01, centered=True), rmsprop_centered),
    "rmsprop, both": (lambda: RMSprop(0.01, momentum=0.5, centered=True), rmsprop_both),
}


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-6), (np.float32, 1e-5)])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_follow_the_formula(name: str, dtype: Any, rtol: float) -> None:
    make, formula = OPTIMIZERS[name]
    optimizer, rng = make(), np.random.default_rng(0)
    expected = [rng.normal(size=shape) for shape in [(2, 3), (3,), ()]]
    variables = [Variable(np.asarray(w, dtype), name=f"w{i}") for i, w in enumerate(expected)]
    states: list[dict[str, Any]] = [{} for _ in expected]
    for _ in range(25):
        gradients = [np.asarray(rng.normal(size=w.shape), dtype)[()] for w in expected]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        triples = zip(expected, gradients, states, strict=True)
        expected = [formula(w, np.asarray(g, float), s) for w, g, s in triples]
    # The rate is a float32, whatever the dtype of the parameters: 0.1 is off by 1.5e-9.
    for variable, w in zip(variables, expected, strict=True):
        np.testing.assert_allclose(variable.numpy(), w, rtol=rtol, atol=rtol)
        assert variable.dtype == dtype
    assert int(optimizer.iterations) == 25


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_follows_the_formula(name: str) -> None:
    """The whole loop, with the gradient of a linear model and mean squared error by hand."""
    make, formula = OPTIMIZERS[name]
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile(make(), "mse")
    w, b = (np.asarray(array, float) for array in model.get_weights())
    states: list[dict[str, Any]] = [{}, {}]
    losses = []
    for _ in range(20):
        error = X @ w + b - Y
        losses.append(np.mean(error**2))
        w = formula(w, X.T @ error / 2, states[0])
        b = formula(b, error.sum(axis=0) / 2, states[1])
    history = model.fit(X, Y, epochs=20, verbose=0).history
    np.testing.assert_allclose(history["loss"], losses, rtol=2e-5)
    np.testing.assert_allclose(model.get_weights()[0], w, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.get_weights()[1], b, rtol=1e-4, atol=1e-5)


def one_step(optimizer: Optimizer, gradient: float = 1.0) -> float:
    weight = Variable(np.float64(1.0), name="weight")
    optimizer.apply([np.float64(gradient)], [weight])
    return float(weight)


def test_the_rate_is_settable() -> None:
    optimizer = SGD(0.5)
    assert one_step(optimizer) == 0.5
    optimizer = SGD(0.5)
    optimizer.learning_rate = 0.25
    assert one_step(optimizer) == 0.75
    optimizer = SGD(0.5)
    optimizer.learning_rate.assign(0.125)
    assert one_step(optimizer) == 0.875


def test_a_function_of_the_step_sets_the_rate() -> None:
    optimizer = SGD(lambda step: 1 / 2**step)
    weight = Variable(np.float64(0.0))
    for expected in (-1.0, -1.5, -1.75):
        optimizer.apply([np.float64(1.0)], [weight])
        assert float(weight) == expected
    with pytest.raises(TypeError, match=r"cannot be set to 0.25.*make the optimizer with a number"):
        optimizer.learning_rate = 0.25
    optimizer.learning_rate = lambda: 0.25
    optimizer.apply([np.float64(1.0)], [weight])
    assert float(weight) == -2.0


def test_a_failing_step_changes_nothing() -> None:
    optimizer = SGD(0.1, momentum=0.9)
    pair = [Variable(np.ones(2), name="first"), Variable(np.ones(3), name="second")]
    optimizer.apply([np.ones(2), np.ones(3)], pair)
    before = [v.numpy() for v in [*pair, *optimizer.variables]]
    with pytest.raises(ShapeError, match=r"gradient of second has shape \(2,\).*\(3,\)"):
        optimizer.apply([np.ones(2), np.ones(2)], pair)
    with pytest.raises(ValueError, match="1 gradients for 2 parameters"):
        optimizer.apply([np.ones(2)], pair)
    with pytest.raises(ValueError, match="trains first, second, and cannot go on with third"):
        optimizer.apply([np.ones(2)], [Variable(np.ones(2), name="third")])
    with pytest.raises(ValueError, match="a gradient for none of first, second"):
        optimizer.apply([None, None], pair)
    with pytest.raises(DtypeError, match="gradient of first"):
        optimizer.apply([np.array(["a", "b"]), np.ones(3)], pair)
    for variable, array in zip([*pair, *optimizer.variables], before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), array)


def test_state_is_listed() -> None:
    optimizer = RMSprop(momentum=0.5, centered=True)
    optimizer.build([Variable(np.zeros((2, 3)), name="kernel", owner="dense")])
    assert [v.path for v in optimizer.variables] == [
        f"{optimizer.name}/iteration",
        f"{optimizer.name}/learning_rate",
        f"{optimizer.name}/dense_kernel_velocity",
        f"{optimizer.name}/dense_kernel_momentum",
        f"{optimizer.name}/dense_kernel_average_gradient",
    ]
    assert not any(v.trainable for v in optimizer.variables)


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [("sgd", SGD), ("SGD", SGD), ("rmsprop", RMSprop), ("RMSprop", RMSprop), (SGD, SGD)],
)
def test_names_and_classes_mean_optimizers(identifier: Any, kind: type[Optimizer]) -> None:
    assert type(optimizers.get(identifier)) is kind


WRONG: dict[str, tuple[Any, str]] = {
    "negative rate": (lambda: SGD(-1), "SGD: learning_rate=-1 .*number from 0 up"),
    "text as rate": (lambda: SGD("0.1"), "learning_rate='0.1'"),
    "NaN as rate": (lambda: SGD(float("nan")), "learning_rate=nan"),
    "infinite rate": (lambda: RMSprop(np.inf), "RMSprop: learning_rate=inf"),
    "truth as rate": (lambda: SGD(True), "learning_rate=True"),
    "array as rate": (lambda: SGD(np.ones(2)), "learning_rate="),
    "large momentum": (lambda: SGD(momentum=2), "momentum=2 .*from 0 to 1"),
    "negative rho": (lambda: RMSprop(rho=-0.1), "rho=-0.1 .*from 0 to 1"),
    "text as epsilon": (lambda: RMSprop(epsilon="small"), "epsilon='small'"),
    "negative epsilon": (lambda: RMSprop(epsilon=-1e-7), "epsilon=-1e-07"),
    "old name": (lambda: SGD(lr=0.1), "SGD: lr is called learning_rate"),
    "misspelt": (lambda: SGD(momentun=0.1), "unknown argument 'momentun'. Did you mean 'momentum'"),
    "unknown name": (lambda: optimizers.get("sdg"), "Unknown optimizer: 'sdg'. Did you mean 'sgd'"),
    "a loss": (lambda: optimizers.get(abs), "Could not interpret optimizer"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_hyperparameters_are_refused(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()


def test_the_decay_of_keras_2_is_passed_over_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="SGD: decay is passed over.*InverseTimeDecay"):
        assert float(SGD(0.5, decay=1e-6).learning_rate) == 0.5


def test_a_failed_setting_keeps_the_rate() -> None:
    optimizer = SGD(0.5)
    with pytest.raises(ValueError, match="learning_rate"):
        optimizer.learning_rate = -1
    assert float(optimizer.learning_rate) == 0.5
