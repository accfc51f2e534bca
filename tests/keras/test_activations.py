"""Activation functions: formulas, gradients, extremes; every registered one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_gates as tf
from tinygrad_gates import Value
from tinygrad_gates.keras import activations, layers

NAMES = sorted({function.__name__ for function in activations.registry})
OPTIONS: dict[str, dict[str, float]] = {"threshold": {"threshold": 0.3, "default_value": -0.2}}
X = np.random.default_rng(0).normal(0, 1.5, (3, 4))  # which meets no kink


def call(name: str, x: Any) -> Any:
    return getattr(activations, name)(x, **OPTIONS.get(name, {}))


def normal_share(x: float) -> float:
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


FORMULAS: dict[str, Any] = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0),
    "relu6": lambda x: min(max(x, 0), 6),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "celu": lambda x: x if x > 0 else math.exp(x) - 1,
    "selu": lambda x: 1.05070098 * (x if x > 0 else 1.67326324 * (math.exp(x) - 1)),
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "exponential": math.exp,
    "softplus": lambda x: math.log1p(math.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * normal_share(x),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
    "hard_silu": lambda x: x * min(max(x / 6 + 0.5, 0), 1),
    "hard_tanh": lambda x: min(max(x, -1), 1),
    "hard_shrink": lambda x: x if abs(x) > 0.5 else 0,
    "soft_shrink": lambda x: math.copysign(max(abs(x) - 0.5, 0), x),
    "tanh_shrink": lambda x: x - math.tanh(x),
    "log_sigmoid": lambda x: -math.log1p(math.exp(-x)),
    "squareplus": lambda x: (x + math.sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: 0 if x <= -1 else (x if x >= 1 else (x + 1) ** 2 / 4),
    "sparse_sigmoid": lambda x: min(max((x + 1) / 2, 0), 1),
    "threshold": lambda x: x if x > 0.3 else -0.2,
}
ALONG_AN_AXIS = {"softmax", "log_softmax", "sparsemax", "glu"}


def test_every_function_is_here() -> None:
    assert set(NAMES) == set(FORMULAS) | ALONG_AN_AXIS


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("kind", [np.asarray, Value])
def test_formulas(name: str, kind: Any) -> None:
    expected = np.vectorize(FORMULAS[name], otypes=[float])(X)
    found = call(name, kind(X))
    found = found.numpy() if kind is Value else found
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    tf.assert_gradients(lambda x: call(name, x), X)


@pytest.mark.parametrize("name", NAMES)
def test_dtypes_stay(name: str) -> None:
    for dtype in (np.float32, np.float64):
        x = Value(X.astype(dtype))
        result = call(name, x)
        assert result.dtype == dtype
        assert tf.gradients(result.sum(), [x])[0].dtype == dtype


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"exponential"}))
def test_extremes_stay_finite_forwards_and_backwards(name: str) -> None:
    x = Value(np.array([[-1e4, -90.0, 0.0, 90.0], [1e4, 20.0, -20.0, 0.5]], np.float32))
    result = call(name, x)
    assert np.isfinite(result.numpy()).all()
    assert np.isfinite(tf.gradients(result.sum(), [x])[0]).all()


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"threshold"}))
def test_names_layers_and_functions_are_one(name: str) -> None:
    function = getattr(activations, name)
    assert activations.get(name) is function
    assert activations.get(activations.serialize(function)) is function
    layer = layers.Activation(name)
    np.testing.assert_array_equal(layer(X).numpy(), call(name, X.astype(np.float32)))


vectors = st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=6).map(np.array)


@pytest.mark.filterwarnings("ignore:softmax over axis -1 of length 1")
@given(vectors)
def test_softmax_is_a_distribution_that_shifts_do_not_change(x: Any) -> None:
    p = activations.softmax(Value(x)).numpy()
    assert p.sum() == pytest.approx(1)
    assert (p > 0).all()
    np.testing.assert_allclose(activations.softmax(Value(x + 3)).numpy(), p, rtol=1e-9)
    np.testing.assert_allclose(np.exp(activations.log_softmax(Value(x)).numpy()), p, rtol=1e-9)


@given(vectors, vectors)
def test_sparsemax_is_the_nearest_distribution(x: Any, other: Any) -> None:
    """Martins and Astudillo, 2016: the Euclidean projection onto the simplex."""
    p = activations.sparsemax(Value(x)).numpy()
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    if len(other) == len(x):
        q = np.abs(other) / max(np.abs(other).sum(), 1e-9)
        if q.sum() > 0.5:
            assert np.sum((x - p) ** 2) <= np.sum((x - q) ** 2) + 1e-9


def test_glu_halves_an_axis() -> None:
    a, b = X[:, :2], X[:, 2:]
    expected = a / (1 + np.exp(-b))
    np.testing.assert_allclose(activations.glu(Value(X)).numpy(), expected, rtol=1e-9)
    with pytest.raises(ValueError, match="length 3 cannot be halved"):
        activations.glu(Value(X[:, :3]))


WRONG: dict[str, tuple[Any, str]] = {
    "misspelt": (lambda: activations.get("rellu"), "Did you mean 'relu'"),
    "no name": (lambda: layers.Dense(1, activation=3), "Could not interpret activation"),
    "unknown": (lambda: layers.Dense(1, activation="swosh"), "Unknown activation function"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "linear"])
def test_lists_and_numbers_are_taken_as_arrays(name: str) -> None:
    expected = call(name, np.array([[-2.0, 0.5, 3.0, 1.0]], np.float32))
    got = call(name, [[-2.0, 0.5, 3.0, 1.0]])
    np.testing.assert_array_equal(got, expected)
    assert got.dtype == np.float32
    if name not in ("softmax", "log_softmax", "glu", "sparsemax"):
        assert call(name, 0.5) == expected[0, 1]


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_shares_of_integers_are_those_of_floats(name: str) -> None:
    whole = np.array([[1, 3, 2]])
    expected = call(name, whole.astype(np.float32))
    for data in (whole, Value(whole), [[1, 3, 2]]):
        got = call(name, data)
        got = got.numpy() if isinstance(got, Value) else got
        np.testing.assert_array_equal(got, expected)
        assert got.dtype == np.float32
