"""grad and its kin: against formulas, finite differences and each other, to any depth."""

from __future__ import annotations

import math
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import (
    Value,
    elementwise_grad,
    grad,
    gradients,
    hessian,
    jacobian,
    no_grad,
    ops,
    value_and_grad,
)
from tinygrad_gates.errors import DtypeError, NotDifferentiableError, ShapeError

X = np.array([0.5, -1.0, 2.0])


# ------------------------------------------------------------------------ grad


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: x**3, 2.0, 12.0),
        (np.tanh, 0.5, 1 - math.tanh(0.5) ** 2),
        (lambda x: (x * x).sum(), X, 2 * X),
        (lambda x: x.sum() ** 2, np.float32(3), np.float32(6)),
        (lambda x: 3.0, 1.0, 0.0),
        (lambda x: np.sum(np.ones(3)), X, np.zeros(3)),
        (lambda x: x[0] * 2 + x[1], [1.0, 2.0], [2.0, 1.0]),
        (lambda t: t["a"] * t["b"][0], {"a": 2.0, "b": (3.0, None)}, {"a": 3.0, "b": (2.0, None)}),
    ],
)
def test_grad_has_the_argument_s_form(f: Any, x: Any, expected: Any) -> None:
    assert_same(grad(f)(x), expected)


def assert_same(found: Any, expected: Any) -> None:
    """Assert equality of nested containers of arrays, to a few roundings, and of types."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_same(found[key], expected[key])
    elif isinstance(expected, (list, tuple)):
        assert type(found) is type(expected)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    elif expected is None:
        assert found is None
    else:
        assert isinstance(found, (np.ndarray, np.generic))
        assert np.shape(found) == np.shape(expected)
        if isinstance(expected, (np.ndarray, np.generic)):
            assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_argnums_choose_arguments() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y**2 * z**3

    assert grad(f, 1)(1.0, 2.0, 3.0) == 108
    assert grad(f, -1)(1.0, 2.0, 3.0) == 108
    assert grad(f, (2, 0))(1.0, 2.0, 3.0) == (108, 108)
    assert grad(f, (0,))(1.0, 2.0, 3.0) == (108,)
    assert hessian(f, (0, 1))(1.0, 2.0, 3.0) == ((0, 108), (108, 54))


def test_other_arguments_stay_what_they_are() -> None:
    def f(x: Any, power: Any, *, scale: Any) -> Any:
        assert type(power) is int
        assert type(scale) is np.ndarray
        return (x**power * scale).sum()

    np.testing.assert_array_equal(grad(f)(X, 2, scale=np.ones(3)), 2 * X)


def test_auxiliary_results_come_beside() -> None:
    def f(x: Any) -> Any:
        return x * x, {"kept": x + 1, "name": "square"}

    gradient, aux = grad(f, has_aux=True)(3.0)
    assert gradient == 6
    assert aux == {"kept": 4.0, "name": "square"}
    assert type(aux["kept"]) is np.float64
    (value, aux), gradient = value_and_grad(f, has_aux=True)(3.0)
    assert (value, aux["kept"], gradient) == (9.0, 4.0, 6.0)


def test_the_argument_is_neither_changed_nor_shared() -> None:
    x = X.copy()
    _, gradient = value_and_grad(lambda x: x.reshape(3, 1)[1, 0])(x)
    gradient[:] = 7
    np.testing.assert_array_equal(x, X)
    _, aux = grad(lambda x: (x.sum(), x), has_aux=True)(x)
    aux[:] = 7
    np.testing.assert_array_equal(x, X)


def test_named_tuples_and_metadata_survive() -> None:
    class Weights(NamedTuple):
        w: Any
        b: Any

    def model(weights: Any) -> Any:
        """Weigh."""
        return weights.w * 2 + weights.b

    assert grad(model)(Weights(1.0, 2.0)) == Weights(2.0, 1.0)
    assert grad(model).__doc__ == "Weigh."


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: grad(np.sin)(X), ShapeError, r"grad: .* shape \(3,\).*elementwise_grad"),
        (lambda: grad(np.sum)(np.arange(3)), NotDifferentiableError, "grad: argument 0 .*int64"),
        (lambda: grad(lambda x: (x, x))(1.0), TypeError, "grad: .*not tuple.*jacobian"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "grad: .*NoneType"),
        (lambda: grad(np.sin, 1)(1.0), TypeError, "argnums=1 does not fit .* 1 positional"),
        (lambda: grad(np.sin, (0, 0))(1.0), TypeError, "argnums"),
        (lambda: grad(lambda x: np.argmax(x))(X), DtypeError, "grad: .*int64"),
        (lambda: grad(lambda x: x)("text"), DtypeError, "text"),
        (lambda: grad(lambda x: x, has_aux=True)(1.0), TypeError, "has_aux"),
        (lambda: value_and_grad(np.sin)(X), ShapeError, "value_and_grad: "),
        (lambda: hessian(np.sin)(X), ShapeError, "hessian: "),
        (lambda: grad(np.unwrap)(X), NotDifferentiableError, "np.unwrap"),
    ],
)
def test_misuse_is_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# ------------------------------------------------------------------------ nesting


def test_derivatives_of_any_order() -> None:
    f, x = np.sin, 0.7
    for expected in (math.sin(x), math.cos(x), -math.sin(x), -math.cos(x), math.sin(x)):
        assert f(x) == pytest.approx(expected, rel=1e-12)
        f = grad(f)


def test_perturbations_are_not_confused() -> None:
    # d/dx (x * d/dy (x + y)): the inner derivative is 1 whatever x is
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z)(x))(x))(2.0) == 1


def test_inner_results_are_recorded_for_the_outer() -> None:
    def penalty(w: Any) -> Any:
        slope = grad(lambda x: (np.tanh(w * x)).sum())(X)
        return (slope**2).sum()

    step = 1e-6
    numeric = (penalty(0.8 + step) - penalty(0.8 - step)) / (2 * step)
    assert grad(penalty)(0.8) == pytest.approx(numeric, rel=1e-8)


def test_values_in_and_values_used_give_values_that_go_on() -> None:
    x, w = Value(3.0), Value(2.0)
    for slope in (grad(lambda x: w * x**2)(x), grad(lambda x: w * x**2)(3.0)):
        assert isinstance(slope, Value)
        assert gradients(slope, [w]) == [6.0]
    (second,) = gradients(grad(lambda x: w * x**2)(x), [x])
    assert second == 4.0
    assert x.grad == w.grad == 0.0


def test_no_grad_outside_leaves_derivatives_and_their_graph_off() -> None:
    x = Value(3.0)
    with no_grad():
        slope = grad(np.square)(x)
        assert grad(grad(np.square))(3.0) == 2.0
    assert type(slope) is np.float64
    assert slope == 6


def test_no_grad_inside_cuts() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            held = x * x
        return held * x

    assert grad(f)(3.0) == 9.0


def test_threads_differentiate_side_by_side() -> None:
    found: dict[int, Any] = {}

    def work(k: int) -> None:
        for _ in range(50):
            found[k] = grad(grad(lambda x: x**k))(2.0)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: k * (k - 1) * 2.0 ** (k - 2) for k in range(2, 6)}


# ------------------------------------------------------------------------ matrices


A = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 4.0]])


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: A @ x, A),
        (lambda x: np.einsum("ij,j->i", A, x), A),
        (lambda x: x[[2, 0, 0]], np.eye(3)[[2, 0, 0]]),
        (lambda x: ops.softmax(x), np.diag(ops.softmax(X)) - np.outer(*[ops.softmax(X)] * 2)),
        (lambda x: x.sum(), np.ones(3)),
        (lambda x: np.ones((2, 2)), np.zeros((2, 2, 3))),
        (lambda x: x[:0], np.zeros((0, 3))),
    ],
)
def test_jacobians(f: Any, expected: Any) -> None:
    np.testing.assert_allclose(jacobian(f)(X), expected, rtol=1e-12, atol=1e-15)


def test_jacobians_of_trees_by_trees() -> None:
    found = jacobian(lambda p: {"y": p[0] * p[1], "z": p[1].sum()})([2.0, X])
    assert_same(found, {"y": [X, 2 * np.eye(3)], "z": [0.0, np.ones(3)]})


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: x @ (A @ x), A + A.T),
        (lambda x: np.einsum("i,ij,j", x, A, x), A + A.T),
        (lambda x: (x[[0, 0, 1]] * x[1:2]).sum(), [[0, 2, 0], [2, 2, 0], [0, 0, 0]]),
        (lambda x: x.prod(), [[0, 2, -1], [2, 0, 0.5], [-1, 0.5, 0]]),
        (lambda x: np.linalg.norm(x) ** 2 / 2, np.eye(3)),
    ],
)
def test_hessians(f: Any, expected: Any) -> None:
    np.testing.assert_allclose(hessian(f)(X), expected, rtol=1e-9, atol=1e-12)


def test_hessian_of_softmax_cross_entropy() -> None:
    p = ops.softmax(X)
    found = hessian(lambda x: ops.cross_entropy(x, np.array(1)))(X)
    np.testing.assert_allclose(found, np.diag(p) - np.outer(p, p), atol=1e-14)


def test_hessians_of_trees() -> None:
    found = hessian(lambda p: p["a"] * (p["b"] ** 2).sum())({"a": 2.0, "b": X})
    assert_same(
        found,
        {"a": {"a": 0.0, "b": 2 * X}, "b": {"a": 2 * X, "b": 4 * np.eye(3)}},
    )


def test_elementwise_grad_of_elementwise_grad() -> None:
    second = elementwise_grad(elementwise_grad(np.sin))
    np.testing.assert_allclose(second(X), -np.sin(X), rtol=1e-12)
    np.testing.assert_allclose(elementwise_grad(np.multiply, 1)(X, X), X)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=4), st.integers(1, 3))
def test_polynomials_to_any_order(coefficients: list[float], order: int) -> None:
    polynomial = np.polynomial.Polynomial(coefficients)

    def f(x: Any) -> Any:
        return sum((c * x**k for k, c in enumerate(coefficients)), start=0.0 * x)

    expected = polynomial.deriv(order)(0.7)
    for _ in range(order):
        f = grad(f)
    assert f(0.7) == pytest.approx(expected, rel=1e-9, abs=1e-9)
