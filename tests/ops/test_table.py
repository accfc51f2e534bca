"""Every row of the table, from the row alone: complete, right, to second order, in each layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from tinygrad_gates import Value, assert_gradients, gradcheck, gradients
from tinygrad_gates.core import REGISTRY, Primitive

SHAPES: dict[int, list[tuple[tuple[int, ...], ...]]] = {
    1: [((),), ((3,),), ((2, 3),), ((0,),), ((2, 0),)],
    2: [
        ((), ()),
        ((3,), (3,)),
        ((2, 3), ()),
        ((), (2, 3)),
        ((2, 3), (3,)),
        ((2, 1), (1, 3)),
        ((0, 3), (3,)),
    ],
}


class Case(NamedTuple):
    row: Primitive
    shapes: tuple[tuple[int, ...], ...]
    params: dict[str, Any]
    prepare: Callable[..., tuple[Any, ...]] | None

    def arguments(self, dtype: Any = np.float64) -> list[Any]:
        rng = np.random.default_rng(sum(map(ord, self.row.name)))
        domain = self.row.domain
        return [
            drawn(rng, shape, domain[i % len(domain)], dtype) for i, shape in enumerate(self.shapes)
        ]

    def __call__(self, *operands: Any) -> Any:
        if self.prepare is not None:
            operands = self.prepare(*operands)
        return self.row(*operands, **self.params)


def drawn(
    rng: np.random.Generator, shape: tuple[int, ...], intervals: Any, dtype: Any
) -> np.ndarray[Any, Any]:
    """Draw from a union of intervals, entries well apart so that sorting is stable to a step."""
    size = int(np.prod(shape))
    spread = rng.permutation(size) + rng.uniform(0.25, 0.75, size)
    position = spread / max(size, 1) * len(intervals)
    which = np.minimum(position.astype(int), len(intervals) - 1)
    low, high = np.array(intervals).T
    flat = low[which] + (position - which) * (high - low)[which]
    return np.asarray(flat.reshape(shape), dtype)


def cases() -> Iterator[Any]:
    for row in REGISTRY.values():
        if row.examples:
            found = [Case(row, e.shapes, e.params, e.prepare) for e in row.examples]
        else:
            found = [Case(row, shapes, {}, None) for shapes in SHAPES[len(row.domain)]]
        for case in found:
            shapes = ",".join(map(str, case.shapes))
            yield pytest.param(case, id=f"{row.name}-{shapes}-{case.params}".replace(" ", ""))


ALL = list(cases())
ROWS = [pytest.param(row, id=name) for name, row in REGISTRY.items()]


@pytest.mark.parametrize("row", ROWS)
def test_row_is_complete(row: Primitive) -> None:
    assert row.symbol
    assert row.doc.endswith(".")
    assert "\n" not in row.doc
    assert bool(row.scalar) != bool(row.examples), "an expression or examples, not both"
    assert row.domain
    assert all(low < high for intervals in row.domain for low, high in intervals)


@pytest.mark.parametrize("case", ALL)
def test_gradients_to_second_order(case: Case) -> None:
    assert_gradients(case, *case.arguments(), order=2)


@pytest.mark.parametrize("case", ALL)
def test_float32_keeps_dtype_and_agrees_with_float64(case: Case) -> None:
    arguments = case.arguments(np.float32)
    narrow = derivatives(case, arguments)
    wide = derivatives(case, [np.asarray(x, np.float64) for x in arguments])
    for a, b in zip(narrow, wide, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4 * np.max(np.abs(b), initial=1))


@pytest.mark.parametrize("case", ALL)
@pytest.mark.parametrize("layout", ["strided", "fortran"])
def test_layout_does_not_matter(case: Case, layout: str) -> None:
    arguments = case.arguments()
    leaves = [Value(x) for x in arguments]
    for leaf, x in zip(leaves, arguments, strict=True):
        leaf._data = laid_out(x, layout) if x.ndim else x[()]
    for a, b in zip(derivatives(case, arguments), derivatives(case, leaves), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def laid_out(x: np.ndarray[Any, Any], layout: str) -> np.ndarray[Any, Any]:
    if layout == "fortran":
        return np.asfortranarray(x)
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]))
    wide[..., ::2] = x
    return wide[..., ::2]


def derivatives(case: Case, arguments: list[Any]) -> list[Any]:
    leaves = [x if isinstance(x, Value) else Value(x) for x in arguments]
    before = [leaf._data.copy() for leaf in leaves]
    result = case(*leaves)
    seed = np.cos(np.arange(result.size)).reshape(result.shape).astype(result.dtype)
    found = gradients(result, leaves, seed)
    for leaf, x, gradient in zip(leaves, before, found, strict=True):
        np.testing.assert_array_equal(leaf._data, x, err_msg="an operand was changed")
        assert gradient.shape == x.shape
    return found


@pytest.mark.parametrize("row", ROWS)
def test_a_wrong_rule_would_be_noticed(row: Primitive) -> None:
    for case in (param.values[0] for param in ALL):
        if case.row is row and all(0 not in shape for shape in case.shapes):
            wrong = Primitive(
                row.name, row.forward, _spoilt(row.vjps), row.symbol, row.doc, row.domain,
                joint=row.joint,
            )  # fmt: skip
            assert not gradcheck(case._replace(row=wrong), *case.arguments())
            return
    pytest.fail("no example has elements")


def _spoilt(rules: Any) -> Any:
    """Return rules that are wrong by a hundred-thousandth."""
    if not isinstance(rules, tuple):
        return lambda *args, **params: rules(*args, **params) * 1.00001 + 0.00002
    return tuple(None if rule is None else _spoilt(rule) for rule in rules)
