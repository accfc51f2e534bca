"""Kernels: what is computed in place, what shares memory, and what NumPy computes in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.compile import emit_numba
from tinygrad_gates.compile.cache import compiled
from tinygrad_gates.compile.lower import lower
from tinygrad_gates.compile.passes import simplified
from tinygrad_gates.compile.program import Program
from tinygrad_gates.core import REGISTRY

A, B = (np.arange(6, dtype=np.float32).reshape(2, 3) + n for n in (0, 10))
SQUARE = np.arange(9.0).reshape(3, 3)
LARGE = np.linspace(-1, 1, 128 * 64, dtype=np.float32).reshape(128, 64)
ONE = np.float32(2)

CARRIED: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "in place": (lambda a, b: [a - b * 2, b], [A, B]),
    "exchanged": (lambda a, b: [b, a], [A, B]),
    "exchanged numbers": (lambda a, b: [b, a + b], [ONE, np.float32(5)]),
    "transposed": (lambda a: [a.T + a], [SQUARE]),
    "rolled rows": (lambda a: [a[::-1] * 2], [SQUARE]),
    "read later": (lambda a, b: [a + 1, (a * b).sum(axis=0) + b], [A, B[0]]),
    "read later in other loops": (lambda a, b: [a * b, b + a.sum()], [A, B[:, :1]]),
    "twice the same": (lambda a, b: [a + b, a + b], [A, B]),
    "a constant": (lambda a, b: [np.zeros((2, 3), np.float32), a], [A, B]),
    "a number": (lambda n, a: [n + a.sum(), a / n], [ONE, A]),
    "a product": (lambda a: [a @ a], [SQUARE]),
    "a reduction": (lambda a, b: [b.sum(axis=0), b + a], [SQUARE[0], SQUARE]),
    "needed by a call": (lambda a: [np.cumprod(a * 0.1, axis=0) + a], [SQUARE]),
    "made by a call": (lambda a, b: [np.cumsum(a, axis=0), b - np.cumsum(a, axis=0)], [A, B]),
    "a large product": (lambda x, w: [x + 1, w - x.T @ (x @ w)], [LARGE, LARGE[:64] / 9]),
    "a large function": (lambda x: [np.exp(x) - x], [LARGE]),
}


@pytest.fixture(params=["python", "numba"], autouse=True)
def runs(request: pytest.FixtureRequest) -> None:
    """Run kernels as the Python that they are, and compiled."""
    if request.param == "numba":
        pytest.importorskip("numba")
    else:
        request.getfixturevalue("as_python")


def program_of(function: Callable[..., Any], arguments: list[Any]) -> Program:
    return simplified(lower(function, tuple(arguments), {}).program)


@pytest.mark.parametrize("name", CARRIED)
def test_carried(name: str) -> None:
    """Outputs that replace inputs, for three turns."""
    function, given = CARRIED[name]
    program = program_of(function, given)
    code = emit_numba.NumbaCode(program, carried={n: n for n in range(len(program.outputs))})
    state: list[Any] = [np.array(x) for x in given]
    expected: list[Any] = list(given)
    for _ in range(3):
        found = code(*state)
        expected[: len(program.outputs)] = function(*expected)
        for place, output in enumerate(found):
            assert output is state[place]
        for ours, theirs in zip(state, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)
            assert ours.dtype == np.result_type(theirs)


@pytest.mark.parametrize("name", CARRIED)
def test_not_carried(name: str) -> None:
    """Results are arrays of their own, which the next call leaves alone."""
    function, given = CARRIED[name]
    code = emit_numba.NumbaCode(program_of(function, given))
    first = code(*given)
    kept = [np.copy(x) for x in first]
    second = code(*[x + 1 for x in given])
    for array, copy, other in zip(first, kept, second, strict=True):
        np.testing.assert_array_equal(array, copy)
        for one in (other, *given):
            assert not np.shape(array) or not np.shares_memory(array, one)


def test_everything_in_one_kernel() -> None:
    code = emit_numba.NumbaCode(program_of(lambda a, b: ((a + b).sum(), a.max(axis=0)), [A, B]))
    assert len(code.kernels) == 1
    assert "np.matmul" not in code.source


def test_large_products_are_calls() -> None:
    code = emit_numba.NumbaCode(program_of(lambda x: np.tanh(x.T @ x).sum(), [LARGE]))
    assert "np.matmul(" in code.source


def spread(row: Any, dtype: Any) -> list[Any]:
    """Return operands from the whole of a row's domain, and what is no ordinary number."""
    rng = np.random.default_rng(0)
    odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-30, -1e-30, 1.0, -1.0], dtype)
    operands = []
    for intervals in row.domain:
        parts = [rng.uniform(*interval, 300).astype(dtype) for interval in intervals]
        operands.append(np.concatenate([*parts, rng.permutation(odd)]))
    length = min(map(len, operands))
    return [operand[-length:] for operand in operands]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [n for n, row in REGISTRY.items() if row.scalar is not None])
def test_functions_are_within_2_ulp_of_numpy_s(name: str, dtype: Any) -> None:
    """Also of NaN and infinity, which go where NumPy lets them go."""
    if emit_numba.compiled is not compiled:
        pytest.skip("compiled, that is")
    row = REGISTRY[name]
    operands = spread(row, dtype)
    with np.errstate(all="ignore"):
        expected = row.forward(*operands)
        (found,) = emit_numba.NumbaCode(program_of(row, operands))(*operands)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(found[~finite], expected[~finite])
        distance = np.abs(found[finite] - expected[finite])
        assert np.all(distance <= 2 * np.spacing(np.abs(expected[finite])))
