"""Expressions: what they compute, what they refuse and where, and that nothing of them is run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import Value
from tinygrad_gates.cli.expression import Expression, functions
from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.core import REGISTRY
from tinygrad_gates.picture.values import Computation

ARRAY = [[1.0, 2.0], [3.0, 4.5]]

COMPUTED: dict[str, Any] = {
    "2 + 3 * x": 8.0,
    "-x ** 2": -4.0,
    "(-x) ** 2": 4.0,
    "x / 4 - 1": -0.5,
    "x % 1.5": 0.5,
    "2 ** -x": 0.25,
    "tanh(x)": math.tanh(2),
    "log(e) + cos(pi)": 0.0,
    "maximum(x, 3)": 3.0,
    "where(x, 1, 0)": 1.0,
    "relu(-x) + sigmoid(0)": 0.5,
    "abs(-x)": 2.0,
    "sum(a)": 10.5,
    "mean(a, axis=0)": [2.0, 3.25],
    "sum(a, axis=-1, keepdims=True)": [[3.0], [7.5]],
    "a @ [1, 1]": [3.0, 7.5],
    "a[0, 1] + a[-1][0]": 5.0,
    "a[:, 0]": [1.0, 3.0],
    "a[1:, ::-1]": [[4.5, 3.0]],
    "det(a)": -1.5,
    "y = x * 2; y + y": 8.0,
    "y = x\ny * 3": 6.0,
    "1e3": 1000.0,
    "9 ** 9 ** 9": math.inf,
}


@pytest.mark.parametrize("text", COMPUTED)
def test_what_is_computed(text: str) -> None:
    expression = Expression(text)
    given = {"x": Value(2.0, label="x"), "a": Value(ARRAY, label="a")}
    result = expression({name: given[name] for name in expression.names})
    np.testing.assert_allclose(result.numpy(), COMPUTED[text])


def test_names_are_those_without_a_value_in_their_order() -> None:
    assert Expression("n = w*x + b; tanh(n) * n + pi").names == ["w", "x", "b"]
    assert Expression("tanh(tanh)").names == ["tanh"]
    assert Expression("1 + 2").names == []


def test_parts_have_their_text_and_their_name() -> None:
    result = Expression("n = w * 2; tanh(n) + 1")({"w": Value(1.0, label="w")})
    found = {x._extra.get("source"): x.label for x in Computation(result).reached.values()}
    assert found["w * 2"] == "n"
    assert found["tanh(n)"] == ""
    assert found["tanh(n) + 1"] == "result"


def test_every_elementwise_row_can_be_called() -> None:
    known = functions()
    for row in REGISTRY.values():
        if row.scalar is not None:
            assert row.name in known


REFUSED = {
    "tahn(x)": ("there is no function 'tahn' here; did you mean 'tan' or 'tanh'?", "^^^^"),
    "2x + 1": ("write * for products, as in 2*x", "^"),
    "x ^ 2": ("write ** for powers", "^^^^^"),
    "x +": ("this is no expression", "^"),
    "": ("the expression is empty", ""),
    "x.data": ("this cannot be drawn", "^^^^^^"),
    "().__class__.__bases__": ("this cannot be drawn", "^"),
    "__import__('os').system('true')": ("only functions can be called", "^"),
    "open('file')": ("there is no function 'open' here", "^^^^"),
    "eval('1')": ("there is no function 'eval' here", "^^^^"),
    "'text'": ("this cannot be drawn", "^^^^^^"),
    "f'{x}'": ("this cannot be drawn", "^"),
    "lambda: 1": ("this cannot be drawn", "^"),
    "[i for i in x]": ("this cannot be drawn", "^"),
    "(y := 1)": ("this cannot be drawn", "^"),
    "x if x else 1": ("this cannot be drawn", "^"),
    "x < 1": ("this cannot be drawn", "^^^^^"),
    "x and x": ("this cannot be drawn", "^^^^^^^"),
    "True + x": ("truth values", "^^^^"),
    "1j * x": ("this cannot be drawn", "^^"),
    "a[x]": ("an index is made of whole numbers and slices", "^"),
    "a[5]": ("index", "^^^^"),
    "sum(a, axis=x)": ("options are axis=0 and keepdims=True", "^"),
    "sum(a, out=a)": ("options are axis=0 and keepdims=True", "^"),
    "sum(a, **a)": ("options are axis=0 and keepdims=True", "^"),
    "sum(*a)": ("this cannot be drawn", "^^"),
    "tanh(x, x)": ("", "^^^^^^^^^^"),
    "a @ [1, 2, 3]": ("2 columns meet 3 rows", "^^^^^^^^^^^^^"),
    "a + [1, 2, 3]": ("", "^^^^^^^^^^^^^"),
    "import os": ("only expressions and `name = expression` can be drawn", "^^^^^^^^^"),
    "x += 1": ("only expressions", "^^^^^^"),
    "def f(): pass": ("only expressions", "^"),
    "a[0] = 1": ("only expressions", "^^^^^^^^"),
    "x; del x": ("only expressions", "^^^^^"),
    "x" * 20_000: ("20,000 characters; 10,000 at most", ""),
    "(" * 9_000: ("", ""),
    "(" * 3_000 + "x" + ")" * 3_000: ("", ""),
    "-" * 5_000 + "x": ("", ""),
    "+".join("x" * 4_000): ("nested too deeply", ""),
    "+".join("x" * 200): ("nested more than 100 times", ""),
    "9" * 5_000: ("", ""),
    "x\x00": ("", ""),
    "ｘ.ｄａｔａ": ("this cannot be drawn", "^^^^^^"),
    "한국 + y.z": ("this cannot be drawn", "^^^"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_what_is_refused_and_where(text: str) -> None:
    message, carets = REFUSED[text]
    with pytest.raises(UsageError) as caught:
        expression = Expression(text)
        expression({name: Value(ARRAY if name == "a" else 2.0) for name in expression.names})
    assert message in str(caught.value)
    assert len(str(caught.value)) <= 600
    if carets:
        _, shown, marks = str(caught.value).split("\n")
        assert marks.strip() == carets or (marks.strip().startswith(carets) and len(carets) == 1)
        assert text.splitlines()[0].strip()[:70] == shown[2:]


# -------------------------------------------------------------------- beside Python's own floats


def terms() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["x", "y", "2", "0.5", "pi"])
    return st.recursive(
        leaves,
        lambda inner: (
            st.tuples(st.sampled_from(["tanh", "sin", "exp"]), inner).map(
                lambda t: f"{t[0]}({t[1]})"
            )
            | st.tuples(inner, st.sampled_from("+-*"), inner).map(
                lambda t: f"({t[0]} {t[1]} {t[2]})"
            )
            | inner.map(lambda t: f"-{t}")
        ),
        max_leaves=8,
    )


@given(text=terms(), x=st.floats(-1, 1), y=st.floats(-1, 1))
def test_numbers_and_gradients_are_those_of_python(text: str, x: float, y: float) -> None:
    def plain(x: float, y: float) -> float:
        names = {"tanh": math.tanh, "sin": math.sin, "exp": math.exp, "pi": math.pi}
        return float(eval(text, {"__builtins__": {}}, {**names, "x": x, "y": y}))

    try:
        expected = plain(x, y)
    except OverflowError:
        return
    expression = Expression(text)
    values = {"x": Value(x, label="x"), "y": Value(y, label="y")}
    result = expression({name: values[name] for name in expression.names})
    assert result.item() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    if result.requires_grad and abs(expected) < 1e3:
        result.backward()
        step = 1e-5
        slopes = {
            "x": (plain(x + step, y) - plain(x - step, y)) / (2 * step),
            "y": (plain(x, y + step) - plain(x, y - step)) / (2 * step),
        }
        for name, slope in slopes.items():
            assert float(values[name].grad) == pytest.approx(slope, rel=1e-4, abs=1e-4)
