"""vjp, jvp and hvp: against whole Jacobians and Hessians, nested, and misused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, grad, gradients, hessian, hvp, jacobian, jvp, vjp
from tinygrad_gates.errors import NotDifferentiableError, ShapeError

RNG = np.random.default_rng(0)
X, Y = RNG.uniform(0.5, 2, 3), RNG.uniform(0.5, 2, (2, 3))
FUNCTIONS = {
    "elementwise": lambda x, y: np.sin(x) * y,
    "reduction": lambda x, y: np.cumprod(y + x, axis=1).sum(axis=0),
    "indexing": lambda x, y: y[:, [0, 0, 2]] ** x[1],
    "matrix": lambda x, y: y @ np.outer(x, x),
    "linear": lambda x, y: x + y,
    "only one": lambda x, y: x**3,
}


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_products_agree_with_the_jacobian(f: Any) -> None:
    u, v = RNG.normal(size=X.shape), RNG.normal(size=Y.shape)
    by_x, by_y = jacobian(f, (0, 1))(X, Y)
    result, tangent = jvp(f, (X, Y), (u, v))
    np.testing.assert_array_equal(result, f(X, Y))
    np.testing.assert_allclose(tangent, by_x @ u + np.tensordot(by_y, v, 2), rtol=1e-9)

    g = RNG.normal(size=result.shape)
    result, pullback = vjp(f, X, Y)
    np.testing.assert_array_equal(result, f(X, Y))
    for _ in range(2):
        got = pullback(g)
        np.testing.assert_allclose(got[0], np.tensordot(g, by_x, g.ndim), rtol=1e-9)
        np.testing.assert_allclose(got[1], np.tensordot(g, by_y, g.ndim), rtol=1e-9)


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_hessian_products_agree_with_the_hessian(f: Any) -> None:
    v = RNG.normal(size=X.shape)

    def total(x: Any) -> Any:
        return (f(x, Y) ** 2).sum()

    expected = hessian(total)(X) @ v
    for found in (hvp(total, X, v), hvp(total, (X,), (v,)), hvp(total)(X, v)):
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_trees_and_results_without_derivative() -> None:
    def f(p: Any) -> Any:
        return {"y": [p["w"] * p["b"], p["w"] * p["b"]], "n": 3, "c": np.ones(2)}

    result, tangent = jvp(f, ({"w": 2.0, "b": 5.0},), ({"w": 1.0, "b": 10.0},))
    assert result["y"] == [10.0, 10.0]
    assert tangent["y"] == [25.0, 25.0]
    assert tangent["n"] == 0
    np.testing.assert_array_equal(tangent["c"], [0, 0])

    _, pullback = vjp(f, {"w": 2.0, "b": 5.0})
    (gradient,) = pullback({"y": [1.0, 1.0], "n": 0, "c": np.zeros(2)})
    assert gradient == {"w": 10.0, "b": 4.0}


def test_the_same_result_twice_counts_twice() -> None:
    def f(x: Any) -> Any:
        y = x * x
        return y, y, x

    _, pullback = vjp(f, 3.0)
    assert pullback((1.0, 10.0, 100.0)) == (166.0,)
    assert jvp(f, (3.0,), (1.0,))[1] == (6.0, 6.0, 1.0)


def test_hvp_of_several_arguments() -> None:
    found = hvp(lambda x, y: x**2 * y, (3.0, 5.0), (1.0, 10.0))
    assert found == (10.0 + 60.0, 6.0)


def test_products_nest() -> None:
    def tangent(x: Any) -> Any:
        return jvp(np.sin, (x,), (1.0,))[1]

    assert grad(tangent)(0.5) == pytest.approx(-np.sin(0.5))
    assert jvp(tangent, (0.5,), (1.0,))[1] == pytest.approx(-np.sin(0.5))
    # by the direction, in which a tangent is linear
    assert grad(lambda t: jvp(np.sin, (0.5,), (t,))[1])(3.0) == pytest.approx(np.cos(0.5))
    assert grad(lambda g: vjp(np.sin, 0.5)[1](g)[0])(3.0) == pytest.approx(np.cos(0.5))
    assert grad(lambda x: vjp(np.sin, x)[1](2.0)[0])(0.5) == pytest.approx(-2 * np.sin(0.5))
    assert grad(lambda x: hvp(lambda z: z**4, x, 1.0))(2.0) == 48


def test_values_that_f_uses_get_gradients() -> None:
    w = Value(3.0)
    _, tangent = jvp(lambda x: w * x**2, (2.0,), (1.0,))
    assert gradients(tangent, [w]) == [4.0]
    (product,) = gradients(hvp(lambda x: w * x**3, 2.0, 1.0), [w])
    assert product == 12.0


def test_auxiliary_results() -> None:
    result, pullback, aux = vjp(lambda x: (x * 2, {"half": x / 2}), 4.0, has_aux=True)
    assert (result, aux, pullback(1.0)) == (8.0, {"half": 2.0}, (2.0,))


def test_float32_stays() -> None:
    x = np.float32([1, 2])
    result, tangent = jvp(np.exp, (x,), (x,))
    assert result.dtype == tangent.dtype == np.float32
    assert vjp(np.exp, x)[1](x)[0].dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vjp(np.sin, X)[1](Y), ShapeError, r"vjp: .*\(2, 3\).*\(3,\)"),
        (lambda: vjp(lambda x: (x, x), X)[1](X), ValueError, r"vjp: the cotangent: \[0\] is miss"),
        (lambda: jvp(np.sin, (X,), (Y,)), ShapeError, r"jvp: a tangent .*\(2, 3\)"),
        (lambda: jvp(np.sin, (X,), (X, X)), ValueError, r"jvp: tangents: \[1\] has no"),
        (lambda: jvp(np.sin, (np.arange(3),), (X,)), NotDifferentiableError, "jvp: argument 0"),
        (lambda: hvp(np.sum, X, Y), ShapeError, r"hvp: a tangent .*\(2, 3\).* primal \(3,\)"),
        (lambda: hvp(np.sin, X, X), ShapeError, "hvp: "),
    ],
)
def test_misuse_is_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
