"""The gradient check itself: what it must see, what it must not, and how it says so."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import (
    Value,
    assert_gradients,
    custom_vjp,
    grad,
    gradcheck,
    gradgradcheck,
    ops,
    random,
)
from tinygrad_gates.errors import GradientCheckError
from tinygrad_gates.gradcheck import KinkWarning
from tinygrad_gates.gradcheck.differences import slopes

X = np.array([0.5, -1.0, 2.0])


def off_by(error: float) -> Any:
    f = custom_vjp(np.sin)
    f.defvjp(lambda g, y, x: g * np.cos(x) * (1 + error))
    return f


@pytest.mark.parametrize(
    ("dtype", "error", "seen"),
    [
        (np.float64, 0.0, False),
        (np.float64, 1e-14, False),
        (np.float64, 1e-9, True),
        (np.float64, 1e-3, True),
        (np.float32, 0.0, False),
        (np.float32, 1e-7, False),
        (np.float32, 1e-3, True),
    ],
)
def test_errors_are_seen_down_to_the_precision(dtype: Any, error: float, seen: bool) -> None:
    assert bool(gradcheck(off_by(error), X.astype(dtype))) is not seen


def test_errors_in_second_derivatives_are_seen() -> None:
    # right to first order, but its own derivative is cut
    f = custom_vjp(np.sin)
    f.defvjp(lambda g, y, x: g * (x * 0 + np.cos(x.data if isinstance(x, Value) else x)))
    assert gradcheck(f, X)
    assert not gradgradcheck(f, X)
    assert_gradients(f, X, order=1)
    with pytest.raises(GradientCheckError, match="of order 2: 3 of 18 derivatives disagree"):
        assert_gradients(f, X, order=2)


def test_the_worst_entry_is_named() -> None:
    f = custom_vjp(lambda x: x**2)
    f.defvjp(lambda g, y, x: g * 2 * x * np.where(x == 2, 1.5, 1.0))
    report = gradcheck(f, np.array([[1.0, 3.0], [2.0, 4.0]]))
    assert not report
    assert (report.worst.of, report.worst.by) == ("result 0[1, 0]", "input [0][1, 0]")
    assert report.failures == (report.worst,)
    assert report.checked == 16
    text = str(report)
    assert "1 of 16 derivatives disagree" in text
    assert "the rule gives 6, finite differences 4 ±" in text


def test_a_worst_entry_within_bounds_is_known_too() -> None:
    report = gradcheck(np.exp, X)
    assert report
    assert report.worst.excess < 1
    assert str(report) == "gradient: all 9 derivatives agree with finite differences"


@pytest.mark.parametrize(
    ("f", "x", "left", "right"),
    [
        (np.abs, 0.0, -1, 1),
        (ops.relu, 0.0, 0, 1),
        (lambda x: np.maximum(x, 1.0), 1.0, 0, 1),
        (lambda x: np.abs(x - 0.3) * 7, 0.3, -7, 7),
    ],
)
def test_kinks_are_said(f: Any, x: float, left: float, right: float) -> None:
    report = gradcheck(f, x)
    assert report, "a one-sided derivative, or one between, is a subgradient"
    (kink,) = report.kinks
    assert kink.kink == pytest.approx((left, right), abs=1e-6)
    assert f"a kink: {left:.6g} to the left" in str(report)
    with pytest.warns(KinkWarning, match=r"undecided.*a kink"):
        assert_gradients(f, x)


def test_a_rule_outside_of_the_kink_fails() -> None:
    f = custom_vjp(np.abs)
    f.defvjp(lambda g, y, x: g * 1.5)
    with pytest.raises(GradientCheckError, match=r"the rule gives 1\.5, and there is a kink"):
        assert_gradients(f, 0.0)


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4, 3e-6])
def test_a_kink_near_by_does_not_disturb(distance: float) -> None:
    report = gradcheck(lambda x: np.abs(x) * 3, np.array([distance, -distance]))
    assert report
    assert not report.kinks


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.floor, 1.0),
        (np.sign, 0.0),
        (np.sqrt, 0.0),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_nothing_settles_the_check_fails(f: Any, x: float) -> None:
    report = gradcheck(f, x)
    assert not report
    assert "do not settle" in str(report)


def test_a_domain_s_edge_near_by_does_not_disturb() -> None:
    assert gradcheck(np.sqrt, np.array([1e-4, 1.0, 1e6]))
    assert gradcheck(np.log, np.array([1e-3, 1.0, 1e9]))


def test_nan_in_a_rule_fails() -> None:
    f = custom_vjp(np.sin)
    f.defvjp(lambda g, y, x: g * np.nan)
    assert not gradcheck(f, 1.0)


def test_a_missing_gradient_fails() -> None:
    assert not gradcheck(lambda x: np.sin(x.data), X)
    assert gradcheck(lambda x: 3.0 + 0 * x.data, X)


def test_trees_and_other_arguments_pass() -> None:
    def f(p: Any, power: int, name: str) -> Any:
        assert type(power) is int
        assert name == "name"
        return {"y": p["w"] ** power * p["b"][0], "n": np.arange(3)}

    assert_gradients(f, {"w": X, "b": (2.0, None)}, 3, "name", order=2)
    report = gradcheck(lambda p: np.sin(p["b"][0]), {"b": [1.0, None]})
    assert report.worst.by == "input [0]['b'][0]"


def test_values_are_inputs_like_arrays() -> None:
    x = Value(X)
    assert gradcheck(np.sin, x)
    assert x.grad == 0.0


def test_derivatives_are_functions_to_check_too() -> None:
    assert_gradients(grad(np.tanh), 0.3, order=2)


@pytest.mark.parametrize(
    ("f", "x", "message"),
    [
        (np.sin, np.arange(3), "no float among the inputs"),
        (np.sin, 3, "no float among the inputs"),
        (lambda x: x * random.uniform([]), X, "other results each time"),
    ],
)
def test_what_cannot_be_checked_is_refused(f: Any, x: Any, message: str) -> None:
    with pytest.raises(GradientCheckError, match=message):
        gradcheck(f, x)


def test_inputs_are_not_changed() -> None:
    x = X.copy()
    gradcheck(np.sin, x)
    np.testing.assert_array_equal(x, X)


def test_nothing_is_printed_or_warned_on_success() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_gradients(lambda x: np.log(x) * np.exp(x), np.array([1e-3, 1.0]), order=2)


def test_empty_inputs_and_results_agree() -> None:
    assert gradcheck(np.sin, np.zeros((0, 3))).checked == 0
    assert gradcheck(lambda x: x[:0], X).checked == 0


@given(st.floats(-2, 2), st.floats(-3, 3))
def test_differences_bound_their_own_error(x: float, k: float) -> None:
    found = slopes(lambda step: np.array([np.sin(k * (x + step))]), x, 2.0**-52)
    assert abs(found.central[0] - k * np.cos(k * x)) <= found.bound[0] < 1e-8
    assert not found.kink[0]
