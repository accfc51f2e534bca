"""Rules as text: for every row, what is shown computes what the rule computes."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.core import REGISTRY, Primitive
from tinygrad_gates.core.primitive import Example, example
from tinygrad_gates.picture.player.formulas import (
    Quantity,
    text_of,
    without_cotangent,
    written,
)
from tinygrad_gates.picture.rules import arguments_of, definition, row_text, source, taken

# Loops, recursion, or decompositions taken apart: shown as the program that they are.
NOT_PLAIN = {"cumprod", "eigh", "pinv", "prod", "qr", "svd"}

ROWS = [row for row in REGISTRY.values() if isinstance(row.vjps, tuple)]


def cases(row: Primitive) -> list[Example]:
    """Return what a row is tried on: its own examples, or numbers and arrays."""
    count = len(row.vjps)  # type: ignore[arg-type]
    return list(row.examples) or [example(*[()] * count), example(*[(3,)] * count)]


def operands(row: Primitive, case: Example) -> list[Any]:
    draws = np.random.default_rng(0)
    data = [
        draws.uniform(*row.domain[min(place, len(row.domain) - 1)][0], size=shape)
        for place, shape in enumerate(case.shapes)
    ]
    prepared = case.prepare(*data) if case.prepare else data
    return [x if x.ndim else x[()] for x in prepared]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_shown_is_what_is_computed(row: Primitive) -> None:
    shown = 0
    for case in cases(row):
        data = operands(row, case)
        y = row.forward(*data, **case.params)
        for rule in row.vjps:  # type: ignore[union-attr]
            if rule is None:
                continue
            g = np.ones_like(y)[()]
            arguments = arguments_of(rule, (g, y, *data), case.params)
            with np.errstate(all="ignore"):
                expression = taken(rule, arguments)
                expected = rule(g, y, *data, **case.params)
            if expression is None:
                continue
            shown += 1
            names = {**rule.__globals__, **closure(rule), **arguments}
            code = compile(ast.fix_missing_locations(ast.Expression(expression)), "", "eval")
            with np.errstate(all="ignore"):
                found = eval(code, names)
            # `where` whose condition is the same everywhere is one of its branches, maybe a number
            np.testing.assert_allclose(np.broadcast_to(found, expected.shape), expected)
    assert bool(shown) != (row.name in NOT_PLAIN)


def closure(function: Any) -> dict[str, Any]:
    cells = function.__closure__ or ()
    return dict(zip(function.__code__.co_freevars, (c.cell_contents for c in cells), strict=True))


@pytest.mark.parametrize("row", REGISTRY.values(), ids=lambda row: row.name)
def test_every_row_has_a_text(row: Primitive) -> None:
    text = row_text(row)
    assert text.forward
    assert all(text.rules)
    assert text.domain
    count = len(row.vjps) if isinstance(row.vjps, tuple) else 1
    assert len(text.rules) == count


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("tanh", [0.5], ["g * (1 - y * y)"]),
        ("relu", [2.0], ["g"]),
        ("relu", [-2.0], ["type(y)(0)"]),
        ("power", [3.0, 2], ["g * (b * a)", "g * y * np.log(a)"]),
        ("maximum", [1.0, 2.0], ["0", "g"]),
        ("matmul", [np.ones((2, 3)), np.ones((3, 2))], ["g @ b.T", "a.T @ g"]),
        (
            "mean_squared_error",
            [np.ones(3), np.zeros(3)],
            ["(a - b) * (g * (2 / 3))", "-((a - b) * (g * (2 / 3)))"],
        ),
    ],
)
def test_conditions_are_decided(name: str, arguments: list[Any], expected: list[str]) -> None:
    row = REGISTRY[name]
    data = [np.float64(x) if isinstance(x, float) else x for x in arguments]
    y = row.forward(*data)
    found = []
    for position in range(len(data)):
        rule = row.rule(position)
        assert rule is not None
        expression = taken(rule, arguments_of(rule, (np.ones_like(y)[()], y, *data), {}))
        assert expression is not None
        found.append(ast.unparse(expression))
    assert found == expected


def test_lambdas_of_one_line_are_told_apart() -> None:
    first, second = (lambda x: x + 1), (lambda x: x - 1)
    assert (source(first), source(second)) == ("x + 1", "x - 1")


def test_what_has_no_source_is_named() -> None:
    built: dict[str, Any] = {}
    exec("def made(x): return x", built)
    assert definition(built["made"]) is None
    assert taken(built["made"], {"x": 1}) is None
    assert source(built["made"]) == "made"
    assert source(np.add) == "add"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("g * (1 - y * y)", "-0.5 × (1 − y × y)"),
        ("a - (b - a)", "a − (-3 − a)"),
        ("a - b", "a − (-3)"),
        ("a * b", "a × (-3)"),
        ("b * a", "-3 × a"),
        ("b ** a", "(-3) ** a"),
        ("a ** 2", "a²"),
        ("(a + 1) ** 2", "(a + 1)²"),
        ("-g * a", "−(-0.5) × a"),
        ("-(a + b)", "−(a + -3)".replace("+ -3", "+ (-3)")),
        ("g @ b.T", "-0.5 @ (-3)ᵀ"),
        ("np.where(a > b, g, 0)", "where(a > -3, -0.5, 0)"),
        ("np.sum(a, axis=(0,))", "sum(a, axis=(0,))"),
        ("a[..., 0] * np.pi", "a[..., 0] × π"),
        ("(a == 0) & (b >= 0)", "a = 0 and -3 ≥ 0"),
        ("a / (b / a)", "a / (-3 / a)"),
    ],
)
def test_formulas_read_as_mathematics(expression: str, expected: str) -> None:
    stands = {"g": Quantity("-0.5", kind="grad"), "b": Quantity("-3")}
    assert text_of(written(ast.parse(expression, mode="eval").body, stands)) == expected


@pytest.mark.parametrize(
    ("rule", "slope"),
    [
        ("g * b", "b"),
        ("g", "1"),
        ("-g", "-1"),
        ("-g * np.sin(x)", "-np.sin(x)"),
        ("g / b", "1 / b"),
        ("-g * y / b", "-y / b"),
        ("g * y * np.log(a)", "y * np.log(a)"),
        ("np.where(y <= 0, 0, g)", "np.where(y <= 0, 0, 1)"),
    ],
)
def test_local_derivatives(rule: str, slope: str) -> None:
    tree = ast.parse(rule, mode="eval").body
    assert ast.unparse(without_cotangent(tree, "g")) == slope
