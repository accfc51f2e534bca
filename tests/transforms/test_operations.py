"""Operations of one's own: custom rules, recomputation, and cuts."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import (
    Value,
    assert_gradients,
    checkpoint,
    custom_vjp,
    grad,
    gradients,
    hessian,
    jvp,
    random,
    stop_gradient,
)
from tinygrad_gates.errors import (
    GradientCheckError,
    MutationError,
    NotDifferentiableError,
    ShapeError,
)

X = np.array([0.5, -1.0, 2.0])

# ------------------------------------------------------------------------ custom_vjp


def swish(x: Any) -> Any:
    return x / (1 + np.exp(-x))


def swish_rule(g: Any, y: Any, x: Any) -> Any:
    s = 1 / (1 + np.exp(-x))
    return g * (s + y * (1 - s))


def as_in_the_table() -> Any:
    f = custom_vjp(swish)
    f.defvjp(swish_rule)
    return f


def as_in_jax() -> Any:
    def forward(x: Any) -> Any:
        s = 1 / (1 + np.exp(-x))
        return x * s, (s, x)

    def backward(residuals: Any, g: Any) -> Any:
        s, x = residuals
        return (g * (s + x * s * (1 - s)),)

    f = custom_vjp(swish)
    f.defvjp(forward, backward)
    return f


@pytest.mark.parametrize("f", [as_in_the_table(), as_in_jax()], ids=["rule", "residuals"])
def test_custom_rules_in_both_forms(f: Any) -> None:
    assert_gradients(f, X, order=3)
    np.testing.assert_allclose(
        hessian(lambda x: f(x).sum())(X), hessian(lambda x: swish(x).sum())(X)
    )
    np.testing.assert_array_equal(f(X), swish(X))
    assert f.__name__ == "swish"
    assert f(Value(X))._op == "swish"


def test_the_rule_is_what_counts() -> None:
    f = custom_vjp(np.sin)
    f.defvjp(lambda g, y, x: g * 100)
    assert grad(f)(0.0) == 100
    with pytest.raises(GradientCheckError, match=r"d result 0 / d input \[0\]: the rule gives 100"):
        assert_gradients(f, 0.3)


def test_any_numpy_code_may_be_inside() -> None:
    @custom_vjp
    def largest_eigenvalue(a: Any) -> Any:
        assert type(a) is np.ndarray
        return np.sort(np.linalg.eigvals(a).real)[-1]

    def rule(g: Any, y: Any, a: Any) -> Any:
        values, vectors = np.linalg.eig(a)
        v = vectors[:, np.argmax(values.real)].real
        u = np.linalg.inv(vectors)[np.argmax(values.real)].real
        return g * np.outer(u, v)

    largest_eigenvalue.defvjp(rule)
    assert_gradients(largest_eigenvalue, np.array([[2.0, 1.0], [0.5, 3.0]]))


def test_several_arguments_results_and_forms() -> None:
    @custom_vjp
    def polar(p: Any, scale: Any = 1.0, name: str = "unit") -> Any:
        return {"r": scale * np.hypot(p[0], p[1]), "t": np.arctan2(p[1], p[0]), "n": 2}

    @polar.defvjp
    def rule(g: Any, y: Any, p: Any, scale: Any, name: Any) -> Any:
        r2 = p[0] ** 2 + p[1] ** 2
        r = np.sqrt(r2)
        by_x = g["r"] * scale * p[0] / r - g["t"] * p[1] / r2
        by_y = g["r"] * scale * p[1] / r + g["t"] * p[0] / r2
        return (by_x, by_y), g["r"] * r, None

    assert_gradients(lambda x, y: polar((x, y)), X, X + 3, order=2)
    assert_gradients(lambda x, y, s: polar((x, y), scale=s), 1.0, 2.0, 3.0, order=2)
    x = Value(3.0)
    result = polar((x, 4.0))
    assert result["n"] == 2
    assert gradients(result["r"], [x]) == [0.6]


def test_broadcasting_is_undone_for_a_rule() -> None:
    @custom_vjp
    def scaled(x: Any, b: Any) -> Any:
        return x * b

    scaled.defvjp(lambda g, y, x, b: (g * b, g * x))
    assert_gradients(scaled, np.ones((2, 3)), X, order=2)


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (lambda g, y, x, b: g, TypeError, "f: its rule returned 1 cotangents for 2 arguments"),
        (lambda g, y, x, b: (g[:2], None), ShapeError, r"f: .*\(2,\) for argument \[0\] .*\(3,\)"),
    ],
)
def test_wrong_cotangents_are_named(rule: Any, error: type[Exception], message: str) -> None:
    @custom_vjp
    def f(x: Any, b: Any) -> Any:
        return x * b

    f.defvjp(rule)
    with pytest.raises(error, match=message):
        grad(lambda x: f(x, 2.0).sum())(X)


def test_misuse_of_custom_vjp_is_named() -> None:
    @custom_vjp
    def f(x: Any) -> Any:
        return x

    with pytest.raises(NotDifferentiableError, match="f has no rule yet"):
        f(Value(1.0))
    assert f(1.0) == 1.0
    with pytest.raises(TypeError, match="defvjp: takes a rule, or forward and backward, not 3"):
        f.defvjp(abs, abs, abs)

    w = Value(2.0)
    leaky = custom_vjp(lambda x: x * w)
    leaky.defvjp(lambda g, y, x: g)
    with pytest.raises(NotDifferentiableError, match="depends on a Value that is not among"):
        leaky(Value(1.0))


def test_none_is_zero() -> None:
    f = custom_vjp(lambda x, y: x * y)
    f.defvjp(lambda g, y, a, b: (None, g * a))
    assert grad(f, (0, 1))(2.0, 3.0) == (0.0, 2.0)


# ------------------------------------------------------------------------ checkpoint


def block(x: Any) -> Any:
    return np.tanh(np.sin(x) * x)


def test_a_checkpoint_changes_nothing_but_memory() -> None:
    kept = checkpoint(block)
    np.testing.assert_array_equal(kept(X), block(X))
    assert_gradients(kept, X, order=3)
    np.testing.assert_array_equal(
        grad(lambda x: kept(kept(x)).sum())(X), grad(lambda x: block(block(x)).sum())(X)
    )
    assert jvp(kept, (0.5,), (1.0,)) == jvp(block, (0.5,), (1.0,))


def test_inner_values_are_freed() -> None:
    inner: list[Any] = []

    @checkpoint
    def f(x: Any) -> Any:
        y = np.sin(x)
        inner.append(weakref.ref(y))
        return np.cos(y)

    z = f(Value(X))
    gc.collect()
    assert inner[0]() is None
    assert z._inputs[0]._row is None


def test_values_used_inside_get_their_partial_derivatives() -> None:
    def total(wrap: Any) -> Any:
        w, v = Value(2.0), Value(0.3)
        h = w * 1.5
        a, b = wrap(lambda x: (np.sin(h * x) * w, h * x))(v)
        (a + b * b).backward()
        return w.grad, v.grad, h.grad

    assert total(checkpoint) == pytest.approx(total(lambda f: f), rel=1e-15)


def test_forms_and_constants_pass_through() -> None:
    @checkpoint
    def f(p: Any, *, power: int) -> Any:
        return {"y": p["x"] ** power, "n": power, "c": np.ones(2)}

    result = f({"x": Value(3.0)}, power=2)
    result["y"].backward()
    assert result["n"] == 2
    np.testing.assert_array_equal(result["c"], [1, 1])
    assert f({"x": 3.0}, power=2)["y"] == 9.0


def test_own_random_draws_are_repeated() -> None:
    @checkpoint
    def dropout(x: Any) -> Any:
        return x * (random.uniform(x.shape) < 0.5)

    random.set_seed(1)
    x = Value(np.ones(100))
    y = dropout(x)
    following = random.uniform([3])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data)
    random.set_seed(1)
    dropout(x)
    np.testing.assert_array_equal(following, random.uniform([3]))


def test_other_results_the_second_time_are_refused() -> None:
    calls = iter([1.0, 2.0])
    y = checkpoint(lambda x: x * next(calls))(Value(1.0))
    with pytest.raises(MutationError, match=r"checkpoint: <lambda> gave other results"):
        y.backward()


def test_no_cycles_are_left() -> None:
    gc.collect()
    gc.disable()
    try:
        x = Value(X)
        kept, custom = checkpoint(block), as_in_the_table()
        y = custom(kept(x)).sum()
        gradients(y, [x])
        alive = weakref.ref(y)
        del y
        assert alive() is None
    finally:
        gc.enable()


# ------------------------------------------------------------------------ stop_gradient


def test_stop_gradient_cuts_values_and_keeps_the_rest() -> None:
    assert grad(lambda x: x * stop_gradient(x))(3.0) == 3.0
    assert grad(lambda x: stop_gradient({"a": [x]})["a"][0] * 1.0)(3.0) == 0.0
    assert stop_gradient(2.0) == 2.0
    # a straight-through estimator: the step forward, the identity backward
    assert grad(lambda x: x + stop_gradient(np.sign(x) - x))(0.3) == 1.0
