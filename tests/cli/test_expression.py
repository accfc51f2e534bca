"""Expressions: what they compute, what they refuse and where, and that nothing of them is run."""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import Value
from tinygrad_gates.cli.expression import Expression
from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.cli.vocabulary import functions
from tinygrad_gates.core import REGISTRY
from tinygrad_gates.picture.values import Computation

ARRAY = [[1.0, 2.0], [3.0, 4.5]]

COMPUTED: dict[str, Any] = {
    "2 + 3 * x": 8.0,
    "-x ** 2": -4.0,
    "(-x) ** 2": 4.0,
    "+x": 2.0,
    "x / 4 - 1": -0.5,
    "x % 1.5": 0.5,
    "2 ** -x": 0.25,
    "tanh(x)": math.tanh(2),
    "log(e) + cos(pi)": 0.0,
    "π - pi": 0.0,
    "x > 1": 1.0,
    "(x > 1) * (x < 2)": 0.0,
    "(x > 1) - (x < 3)": 0.0,
    "where(x != 2, 1, 3)": 3.0,
    "maximum(x, 3)": 3.0,
    "where(x, 1, 0)": 1.0,
    "relu(-x) + sigmoid(0)": 0.5,
    "abs(-x)": 2.0,
    "pow(x, 3)": 8.0,
    "sum(a)": 10.5,
    "sum(a, 0)": [4.0, 6.5],
    "sum(a, (0, 1))": 10.5,
    "norm(a[0], 1)": 3.0,
    "mean(a, axis=0)": [2.0, 3.25],
    "sum(a, axis=-1, keepdims=True)": [[3.0], [7.5]],
    "reshape(a, (4, 1))[2, 0]": 3.0,
    "a @ [1, 1]": [3.0, 7.5],
    "[x, 2 * x] @ [1, 1]": 6.0,
    "[[1, 2], [3, x]]": [[1.0, 2.0], [3.0, 2.0]],
    "a[0, 1] + a[-1][0]": 5.0,
    "a[:, 0]": [1.0, 3.0],
    "a[1:, ::-1]": [[4.5, 3.0]],
    "det(a)": -1.5,
    "outer(a[0], a[0])": [[1.0, 2.0], [2.0, 4.0]],
    "y = x * 2; y + y": 8.0,
    "y = x\ny * 3": 6.0,
    "e = x * 2; e * e": 16.0,
    "maximum(\n  x,\n  5)": 5.0,
    "1e3": 1000.0,
    "9 ** 9 ** 9": math.inf,
    "1 / 0 - 1 / 0": math.nan,
    "log(-1)": math.nan,
    "9" * 400: math.inf,
    "+".join("x" * 400): 800.0,
}


@pytest.mark.parametrize("text", COMPUTED, ids=lambda text: text[:30])
def test_what_is_computed(text: str) -> None:
    result = computed(text)
    np.testing.assert_allclose(result.numpy(), COMPUTED[text], atol=1e-15)
    assert result.dtype == np.float64


def computed(text: str) -> Value:
    expression = Expression(text)
    return expression(
        {name: Value(ARRAY if name == "a" else 2.0, label=name) for name in expression.names}
    )


def test_names_are_those_without_a_value_in_their_order() -> None:
    assert Expression("n = w*x + b; tanh(n) * n + pi").names == ["w", "x", "b"]
    assert Expression("tanh(tanh)").names == ["tanh"]
    assert Expression("1 + 2").names == []
    assert Expression("θ * 가").names == ["θ", "가"]


def test_parts_have_their_text_and_their_name() -> None:
    result = computed("n = w * 2; tanh(n) + 1")
    assert labels(result) == {"w * 2": "n", "tanh(n)": "", "tanh(n) + 1": "result"}


def test_what_a_function_computes_on_the_way_has_the_text_of_the_call() -> None:
    found = [value._extra["source"] for value in Computation(computed("1 + var(a)")).in_order()
             if value._inputs]  # fmt: skip
    assert set(found) == {"var(a)", "1 + var(a)"}
    assert len(found) > 3


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("y = x * 2", "y"),
        ("x * 2", "result"),
        ("x", "x"),
        ("m = x; m", "x"),
        ("n = x * 2; n", "n"),
        ("n = x * 2; y = n", "n"),
        ("y = 3", "y"),
    ],
)
def test_the_result_has_a_name(text: str, label: str) -> None:
    assert computed(text).label == label


def labels(result: Value) -> dict[str, str]:
    values = Computation(result).in_order()
    return {value._extra["source"]: value.label for value in values if value._inputs}


# -------------------------------------------------------------------- what is refused

LATER = "has a value before: take another name"
REFUSED = {
    "tahn(x)": ("there is no function 'tahn' here: did you mean tanh or tan?", "^^^^"),
    "ln(x)": ("there is no function 'ln' here: did you mean log?", "^^"),
    "t\N{CYRILLIC SMALL LETTER A}nh(x)": ("did you mean tanh", "^^^^"),
    "x(y + 1)": ("for a product write x*(...)", "^"),
    "argmax(a)": ("argmax has no gradient here", "^^^^^^"),
    "2x + 1": ("write 2*x for a product", "^^"),
    "x + 2.5x": ("write 2.5*x for a product", "^^^^"),
    "2 x": ("write 2*x for a product", "^^^"),
    "x y": ("write x*y for a product", "^^^"),
    "(x + 1) y": ("write (...)*y for a product", "^^^"),
    "a[0]y": ("write x[...]*y for a product", "^^"),
    "2(x + 1)": ("products need *", "^"),
    "(x + 1)(x)": ("products need *", "^"),
    "x ^ 2": ("write ** for powers", "^"),
    "x²": ("write **2 for squares", "^"),
    "2 × x": ("write * for products", "^"),
    "1 − x": ("write - for differences", "^"),
    "x ≤ 2": ("write <=", "^"),
    "x # y": ("# means nothing", "^"),
    "x & 1": ("& means nothing", "^"),
    "x +": ("the expression breaks off", "^"),
    "(x + 1": ("'(' was never closed", "^"),
    "x + 1)": ("unmatched ')'", "^"),
    "x + * 2": ("this is no expression", "^"),
    "": ("the expression is empty", ""),
    "   ": ("the expression is empty", ""),
    ";": ("this is no expression", "^"),
    "lambda * x": ("lambda is a word of Python's", "^^^^^^"),
    "x.data": ("values have no attributes", "^^^^^^"),
    "x.T": ("write transpose(...) for .T", "^^^"),
    "np.tanh(x)": ("write tanh for np.tanh", "^^^^^^^"),
    "x.sum()": ("write sum(...) for .sum", "^^^^^"),
    "().__class__.__bases__": ("values have no attributes", "^"),
    "x.__class__": ("values have no attributes", "^^^^^^^^^^^"),
    "__import__('os').system('true')": ("values have no attributes", "^"),
    "__import__('os')": ("there is no function '__import__' here", "^^^^^^^^^^"),
    "open('file')": ("there is no function 'open' here", "^^^^"),
    "eval('1')": ("there is no function 'eval' here", "^^^^"),
    "sum('text')": ("text is not computed with", "^^^^^^"),
    "'text'": ("text is not computed with", "^^^^^^"),
    "f'{x}'": ("text is not computed with", "^"),
    "lambda: 1": ("functions are not defined here", "^"),
    "[i for i in x]": ("there are no loops", "^"),
    "sum(i for i in a for j in a)": ("there are no loops", "^"),
    "{x: 1 for x in a}": ("there are no loops", "^"),
    "{x, 1}": ("write arrays with [ ]", "^^^^^^"),
    "(x, 1)": ("write arrays with [ ]", "^^^^^^"),
    "(y := 1)": ("write n = ...; before", "^"),
    "x if x else 1": ("write where(condition, a, b)", "^"),
    "0 < x < 1": ("write (a < b) * (b < c)", "^^^^^^^^^"),
    "x in a": ("compared by <", "^^^^^^"),
    "x and x": ("write (a > 0) * (b > 0)", "^^^^^^^"),
    "x or x": ("write maximum(a > 0, b > 0)", "^^^^^^"),
    "not x": ("write 1 - (a > 0)", "^^^^^"),
    "x // 2": ("write floor(a / b)", "^^^^^^"),
    "True + x": ("truth values", "^^^^"),
    "None": ("this cannot be drawn", "^^^^"),
    "1j * x": ("numbers are real", "^^"),
    "await x": ("this cannot be drawn", "^"),
    "a[x]": ("an index is made of whole numbers and slices", "^"),
    "a[1.0]": ("an index is made of whole numbers and slices", "^^^"),
    "a[True]": ("an index is made of whole numbers and slices", "^^^^"),
    "a[None]": ("an index is made of whole numbers and slices", "^^^^"),
    "a[a]": ("an index is made of whole numbers and slices", "^"),
    "a[((0, 1), 1)]": ("an index is made of whole numbers and slices", "^^^^^^^^^^^"),
    "a[5]": ("index", "^^^^"),
    "a[::0]": ("zero", "^^^^^^"),
    "sum(a, axis=x)": ("options are axis=0 and keepdims=True", "^"),
    "sum(a, axis=5)": ("axis=5 does not fit", "^^^^^^^^^^^^^^"),
    "sum(a, keepdims=x)": ("options are axis=0 and keepdims=True", "^"),
    "sum(a, out=a)": ("options are axis=0 and keepdims=True", "^"),
    "sum(a, **a)": ("options are axis=0 and keepdims=True", "^"),
    "sum(*a)": ("write each operand by itself", "^^"),
    "max(x, 1.5)": ("write maximum(a, b)", "^^^"),
    "roll(a, x)": ("roll takes a whole number here, its shift", "^"),
    "diag(a[0], 10**9)": ("diag takes a whole number", "^^^^^"),
    "diag(a[0], 1000000)": ("k is at most 1000", "^^^^^^^"),
    "tanh()": ("tanh: missing a required argument", "^^^^^^"),
    "tanh(x, x)": ("tanh: too many", "^^^^^^^^^^"),
    "tanh(x, axis=0)": ("tanh: got an unexpected keyword", "^"),
    "where(x)": ("where: missing a required argument", "^^^^^^^^"),
    "split(a, 2)": ("split has no gradient here, or takes and gives more", "^^^^^"),
    "a @ [1, 2, 3]": ("2 columns meet 3 rows", "^^^^^^^^^^^^^"),
    "a + [1, 2, 3]": ("", "^^^^^^^^^^^^^"),
    "[]": ("", "^^"),
    "[1, [2, 3]]": ("the rows of an array have one shape", "^^^^^^^^^^^"),
    "x; x": ("this is not used: write name = before it", "^"),
    "y = x; x": ("y is not used", "^^^^^"),
    "x = x * 2; x": (f"x {LATER}", "^^^^^^^^^"),
    "y = 1; y = 2 * y": (f"y {LATER}", "^^^^^^^^^"),
    "y * 2; y = x": (f"y {LATER}", "^^^^^"),
    "import os": ("only expressions and `name = expression` can be drawn", "^^^^^^^^^"),
    "x += 1": ("only expressions", "^^^^^^"),
    "def f(): pass": ("only expressions", "^"),
    "a[0] = 1": ("only expressions", "^^^^^^^^"),
    "y = z = 1": ("only expressions", "^^^^^^^^^"),
    "x; del x": ("only expressions", "^^^^^"),
    "f(x) = 3": ("cannot assign to function call", "^"),
    "x\x00": ("no character U+0000", "^"),
    "x\x0c + 1": ("no character U+000C", "^"),
    "x\udc80": ("no character U+DC80", "^"),
    "x \N{RIGHT-TO-LEFT OVERRIDE}+ 1": ("no character U+202E", "^"),
    "ｘ.ｄａｔａ": ("write x for ｘ", "^"),
    "한국 + y.z": ("values have no attributes", "^^^"),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[:30])
def test_what_is_refused_and_where(text: str) -> None:
    message, carets = REFUSED[text]
    with pytest.raises(UsageError) as caught:
        computed(text)
    said = str(caught.value)
    assert message in said
    if carets:
        _, shown, marks = said.split("\n")
        assert marks.strip() == carets or (len(carets) == 1 and set(marks.strip()) == {"^"})
        assert text.replace("\x00", "?").strip()[0] == shown[2]


HOSTILE = {
    "long": "x" * 20_000,
    "a megabyte": "x+" * 500_000 + "x",
    "open brackets": "(" * 9_000,
    "nested brackets": "(" * 3_000 + "x" + ")" * 3_000,
    "ten thousand brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "nested calls": "exp(" * 190 + "x",
    "nested lists": "[" * 4_000,
    "signs": "-" * 5_000 + "x",
    "tower": "9**" * 3_000 + "9",
    "sum": "+".join("x" * 4_000),
    "sum of many": "+".join("x" * 600),
    "attributes": "x" + ".a" * 4_000,
    "calls": "x" + "()" * 4_000,
    "lambdas": "lambda:" * 1_400 + "x",
    "conditions": "x if x else " * 800 + "x",
    "comprehensions": "[0" + " for i in x" * 800 + "]",
    "generators": "sum(i" + " for i in range(10**9)" * 100 + ")",
    "digits": "9" * 5_000,
    "index": "a[" + "9" * 4_000 + "]",
    "outer": "n = outer(a, a); m = outer(n, n); l = outer(m, m); outer(l, l)",
    "format": "'%1000000000d' % 1",
    "repeat": "'x' * 1000000000",
    "list": "[0] * 1000000000 @ x",
    "shift": "1 << 1000000000",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_refused_at_once(case: str) -> None:
    start = time.process_time()
    with pytest.raises(UsageError) as caught:
        computed(HOSTILE[case])
    assert time.process_time() - start < 2
    assert len(str(caught.value)) < 400
    assert len(str(caught.value).splitlines()) in (1, 3)


def test_large_powers_are_those_of_floats() -> None:
    assert computed("9**9**9**9**9 * x").item() == math.inf


# -------------------------------------------------------------------- the vocabulary


def test_every_elementwise_row_can_be_called() -> None:
    for row in REGISTRY.values():
        if row.scalar is not None:
            assert row.name in functions()


OPERANDS = "0.5", "x", "v", "a", "1", "x > 1", "[1, x, 3]"
LENT = {"x": 2.0, "v": [1.0, -0.5], "a": [[2.0, 0.5], [0.5, 1.0]]}


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_function_gives_a_value_or_says_what_is_wrong(name: str) -> None:
    drawn = 0
    for operands in itertools.chain.from_iterable(
        itertools.product(OPERANDS, repeat=count) for count in range(4)
    ):
        text = f"{name}({', '.join(operands)})"
        try:
            expression = Expression(text)
            result = expression({name: Value(LENT[name], name) for name in expression.names})
        except UsageError:
            continue
        drawn += 1
        assert isinstance(result, Value)
        if result.shape == () and result.requires_grad:
            with np.errstate(all="ignore"):
                result.backward()
    assert drawn


# -------------------------------------------------------------------- beside Python's own floats

Floats = Callable[[dict[str, float]], float]

UNARY: dict[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "sin": math.sin,
    "exp": math.exp,
    "arctan": math.atan,
    "softplus": lambda x: math.log1p(math.exp(x)),
    "-": lambda x: -x,
}
BINARY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "hypot": math.hypot,
}
LEAVES = {"2": 2.0, "0.5": 0.5, "pi": math.pi, "1e-1": 0.1}


def terms() -> st.SearchStrategy[tuple[str, Floats]]:
    """Return texts of the grammar, each with the same function on plain floats."""
    names: list[tuple[str, Floats]] = [
        ("x", lambda at: at["x"]), ("y", lambda at: at["y"]),
        *((text, lambda at, number=number: number) for text, number in LEAVES.items()),
    ]  # fmt: skip
    return st.recursive(st.sampled_from(names), deeper, max_leaves=8)


def deeper(inner: st.SearchStrategy[tuple[str, Floats]]) -> st.SearchStrategy[tuple[str, Floats]]:
    return (
        st.tuples(st.sampled_from(sorted(UNARY)), inner).map(lambda t: unary(*t))
        | st.tuples(st.sampled_from(sorted(BINARY)), inner, inner).map(lambda t: binary(*t))
        | st.tuples(inner, st.integers(0, 3)).map(lambda t: power(*t))
    )


def unary(name: str, inner: tuple[str, Floats]) -> tuple[str, Floats]:
    text, of = inner
    shown = f"-({text})" if name == "-" else f"{name}( {text} )"
    return shown, lambda at: UNARY[name](of(at))


def binary(name: str, left: tuple[str, Floats], right: tuple[str, Floats]) -> tuple[str, Floats]:
    a, b = left[0], right[0]
    shown = f"({a} {name} {b})" if name in "+-*" else f"{name}({a}, {b})"
    return shown, lambda at: BINARY[name](left[1](at), right[1](at))


def power(inner: tuple[str, Floats], exponent: int) -> tuple[str, Floats]:
    return f"({inner[0]})**{exponent}", lambda at: inner[1](at) ** exponent


@given(term=terms(), x=st.floats(-1, 1), y=st.floats(-1, 1))
def test_numbers_and_gradients_are_those_of_plain_floats(
    term: tuple[str, Floats], x: float, y: float
) -> None:
    text, plain = term
    at = {"x": x, "y": y}
    try:
        expected = plain(at)
        steps = {name: slope(plain, at, name) for name in at}
    except OverflowError:
        return
    expression = Expression(text)
    values = {name: Value(at[name], label=name) for name in expression.names}
    result = expression(values)
    assert result.item() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    if result.requires_grad and abs(expected) < 1e3 and "hypot" not in text:  # which has a kink
        result.backward()
        for name, value in values.items():
            assert float(value.grad) == pytest.approx(steps[name], rel=1e-3, abs=1e-3)


def slope(plain: Floats, at: dict[str, float], name: str, step: float = 1e-5) -> float:
    above, below = ({**at, name: at[name] + change} for change in (step, -step))
    return (plain(above) - plain(below)) / (2 * step)


@given(text=st.text(alphabet="xya01.+-*/@%()[],:;= <>!eE_\n'\"{}\\#^λ²", max_size=40))
def test_any_text_is_computed_or_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(computed(text), Value)
