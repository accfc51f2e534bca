"""Programs compute what eager computes, bit for bit: every row of the table, and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, gradients, trees
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.emit_numpy import NumpyCode
from tinygrad_gates.compile.lower import lower
from tinygrad_gates.compile.passes import simplified
from tinygrad_gates.compile.program import Program
from tinygrad_gates.core import REGISTRY, Primitive
from tinygrad_gates.errors import TraceError

SHAPES: dict[int, list[tuple[tuple[int, ...], ...]]] = {
    1: [((),), ((2, 3),), ((0,),)],
    2: [((), ()), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0, 3), (3,))],
}
BY_NUMBERS = {"det"}
"""Rows whose gradient takes another way by the numbers: where a determinant is 0."""


def cases() -> Iterator[Any]:
    for row in REGISTRY.values():
        shapes = [(e.shapes, e.params, e.prepare) for e in row.examples]
        for each, params, prepare in shapes or [(s, {}, None) for s in SHAPES[len(row.domain)]]:
            name = f"{row.name}-{each}-{params}".replace(" ", "")
            yield pytest.param(row, each, params, prepare, id=name)


def drawn(row: Primitive, shapes: Any) -> list[Any]:
    rng = np.random.default_rng(0)
    domains = [row.domain[place % len(row.domain)][-1] for place in range(len(shapes))]
    return [
        rng.uniform(*domain, shape).astype(np.float32)[()]
        for domain, shape in zip(domains, shapes, strict=True)
    ]


def data(tree: Any) -> list[Any]:
    return [getattr(leaf, "_data", leaf) for leaf in trees.leaves(tree)]


def assert_same(found: Any, expected: Any) -> None:
    for ours, theirs in zip(found, data(expected), strict=True):
        assert np.result_type(ours) == np.result_type(theirs)
        np.testing.assert_array_equal(ours, theirs, strict=True)


def check_loops(program: Program, arguments: list[Any]) -> None:
    """Compare the loops, run as the Python that they are; sums may be added up in another order."""
    code = NumbaCode(program)
    for _ in range(2):
        for ours, theirs in zip(code(*arguments), program.run(*arguments), strict=True):
            assert np.result_type(ours) == np.result_type(theirs)
            np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6, strict=True)


def check(function: Callable[..., Any], arguments: list[Any]) -> None:
    before = [np.copy(x) for x in arguments]
    with np.errstate(all="ignore"):
        expected = function(*arguments)
        program = lower(function, tuple(arguments), {}).program
        assert_same(program.run(*arguments), expected)
        simple = simplified(program)
        assert len(simple.instructions) <= len(program.instructions)
        assert_same(simple.run(*arguments), expected)
        code = NumpyCode(simple)
        for _ in range(2):  # the second time in buffers that hold the first one's numbers
            assert_same(code(*arguments), expected)
        check_loops(simple, arguments)
    for x, kept in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(x, kept)


@pytest.mark.usefixtures("as_python")
@pytest.mark.parametrize(("row", "shapes", "params", "prepare"), list(cases()))
def test_rows(row: Primitive, shapes: Any, params: Any, prepare: Any) -> None:
    def forward(*operands: Any) -> Any:
        if prepare is not None:
            operands = prepare(*operands)
        return row(*operands, **params)

    def with_gradients(*operands: Any) -> Any:
        values = [Value(x) for x in operands]
        y = forward(*values)
        if not isinstance(y, Value) or not y.requires_grad:
            return y
        seed = np.full(y.shape, 0.7, y.dtype) if y.shape else None
        return y._data, gradients(y, values, seed)

    arguments = drawn(row, shapes)
    check(forward, arguments)
    if row.name in BY_NUMBERS:
        with pytest.raises(TraceError):
            lower(with_gradients, tuple(arguments), {})
    else:
        check(with_gradients, arguments)
