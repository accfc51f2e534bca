"""Picking elements: the values are NumPy's, and each gradient goes where its element came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import (
    array_shapes,
    arrays,
    basic_indices,
    integer_array_indices,
)

from tinygrad_gates import Value, assert_gradients, gradients
from tinygrad_gates.errors import MutationError, NotDifferentiableError, ShapeError
from tinygrad_gates.ops.indexing import sort

Call = Callable[..., Any]


def numbers(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Return distinct numbers, some on each side of zero, none near it or near another."""
    size = int(np.prod(shape))
    order = np.random.default_rng(seed).permutation(size)
    return np.asarray((order - size / 2 + 0.25) / max(size, 1) * 3).reshape(shape)


def positions(shape: tuple[int, ...], index: Any) -> np.ndarray[Any, Any]:
    """Return which elements of the flattened array NumPy picks: the oracle of every index."""
    return np.asarray(np.arange(int(np.prod(shape))).reshape(shape)[index])


def assert_picks(shape: tuple[int, ...], index: Any) -> None:
    """Compare `x[index]`, its gradient and its second derivative with a dense 0/1 matrix."""
    picked = positions(shape, index)
    data = numbers(*shape)
    matrix = np.zeros((picked.size, data.size))
    matrix[np.arange(picked.size), picked.ravel()] = 1

    x, g = Value(data), Value(numbers(*picked.shape, seed=1))
    y = x[index]
    np.testing.assert_array_equal(y.data, data[index])
    assert y.shape == picked.shape
    (gx,) = gradients(y, [x], gradient=g, create_graph=True)
    expected = (matrix.T @ g.numpy().reshape(-1)).reshape(shape)
    np.testing.assert_allclose(gx.numpy() if isinstance(gx, Value) else gx, expected, atol=1e-14)
    u = numbers(*shape, seed=2)
    (gg,) = gradients(gx, [g], gradient=u)
    np.testing.assert_array_equal(gg, u[index])


# ------------------------------------------------------------------------ x[index]

INDICES = [
    ((), ()),
    ((), None),
    ((), Ellipsis),
    ((), True),
    ((), np.False_),
    ((5,), 0),
    ((5,), -1),
    ((5,), np.int32(2)),
    ((5,), np.array(2)),
    ((5,), np.uint8(2)),
    ((5,), slice(None)),
    ((5,), slice(4, None, -2)),
    ((5,), slice(2, 2)),
    ((5,), [0, 0, 4]),
    ((5,), []),
    ((5,), [True, False, True, False, True]),
    ((5,), np.array([[0, 1], [1, 1]])),
    ((5,), np.array([3, 3, 3], np.uint8)),
    ((3, 4), (1, 2)),
    ((3, 4), ((0, 2), (1, 1))),
    ((3, 4), (None, 1, Ellipsis, None)),
    ((3, 4), [[0, 1], [2, 0]]),
    ((3, 4), (slice(None), [3, 3])),
    ((3, 4), ([0, 2], slice(1, 3))),
    ((3, 4), np.arange(12).reshape(3, 4) % 3 == 0),
    ((3, 4), ([True, False, True], 1)),
    ((3, 4), (slice(None), [True, False, True, True])),
    ((3, 4), (np.array([True, False, True]), np.array([0, 0]))),
    ((3, 4), False),
    ((3, 4), np.ix_([0, 0, 2], [1, 3])),
    ((2, 3, 4), (0, slice(None), [1, 1])),
    ((2, 3, 4), ([0, 1], slice(None), [1, 1])),
    ((2, 3, 4), (Ellipsis, np.array([[0], [0]]), np.array([1, 2]))),
    ((2, 3, 4), (slice(None), np.ones((3, 4), bool))),
    ((0, 3), slice(None)),
    ((0, 3), (slice(None), 1)),
    ((0, 3), []),
]


@pytest.mark.parametrize(("shape", "index"), INDICES, ids=str)
def test_getitem(shape: tuple[int, ...], index: Any) -> None:
    assert_picks(shape, index)


SHAPES = array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)


@given(st.data(), array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
def test_basic_indices(data: st.DataObject, shape: tuple[int, ...]) -> None:
    assert_picks(shape, data.draw(basic_indices(shape, allow_newaxis=True)))


@given(st.data(), SHAPES)
def test_integer_array_indices(data: st.DataObject, shape: tuple[int, ...]) -> None:
    assert_picks(shape, data.draw(integer_array_indices(shape)))


@given(st.data(), SHAPES)
def test_boolean_indices(data: st.DataObject, shape: tuple[int, ...]) -> None:
    leading = data.draw(st.integers(1, len(shape)))
    assert_picks(shape, data.draw(arrays(bool, shape[:leading])))


def mixed_parts(n: int) -> st.SearchStrategy[Any]:
    """Return one part of an index for an axis of length n."""
    integers = st.integers(-n, n - 1)
    return st.one_of(
        integers,
        st.slices(n),
        st.none(),
        st.lists(integers, min_size=2, max_size=2),
        arrays(np.intp, (3, 1), elements=integers),
        arrays(bool, (n,)),
    )


@settings(max_examples=200)
@given(st.data(), SHAPES)
def test_mixed_indices(data: st.DataObject, shape: tuple[int, ...]) -> None:
    index = tuple(data.draw(mixed_parts(n)) for n in shape)
    try:
        positions(shape, index)
    except IndexError:
        with pytest.raises(IndexError):
            Value(numbers(*shape))[index]
    else:
        assert_picks(shape, index)


@pytest.mark.parametrize(
    ("index", "plain"),
    [
        (Value(2, dtype=int), 2),
        (Value([1, 1]), [1, 1]),
        (Value([True, False, True]), [True, False, True]),
        ((Value([0, 2]),), [0, 2]),
        ([Value(0, dtype=int), 2], [0, 2]),
        (slice(Value(1, dtype=int), None), slice(1, None)),
    ],
    ids=str,
)
def test_integer_values_are_indices(index: Any, plain: Any) -> None:
    x = Value([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(x[index].data, x.data[plain])


@pytest.mark.parametrize("index", [Value(1.0), Value([0.0]), (Value([1.0]),), [Value(0.0)]])
def test_float_values_are_not_indices(index: Any) -> None:
    with pytest.raises(IndexError, match=r"float64; integers .*astype\(int\)"):
        Value([1.0, 2.0])[index]


@pytest.mark.parametrize("index", [2, -3, [0, 2], "a", 0.5, [0.5], (0, 0), [True], slice(0.5)])
def test_bad_indices_are_refused(index: Any) -> None:
    with pytest.raises((IndexError, TypeError)):
        Value([1.0, 2.0])[index]


def test_index_array_is_copied() -> None:
    index = np.array([0, 1])
    x = Value([1.0, 2.0, 3.0])
    y = x[index].sum()
    index[:] = 2
    y.backward()
    np.testing.assert_array_equal(x.grad, [1, 1, 0])


def test_change_behind_a_view_is_noticed() -> None:
    x = Value([1.0, 2.0, 3.0])
    y = x[1:] * x[:-1]
    x.data[1] = 7.0
    with pytest.raises(MutationError):
        y.sum().backward()


def test_result_of_a_slice_does_not_write_into_its_operand() -> None:
    x = Value([1.0, 2.0, 3.0])
    x[1:].data[:] = 0
    np.testing.assert_array_equal(x.data, [1, 2, 3])


def test_iteration_and_unpacking() -> None:
    x = Value([[1.0, 2.0], [3.0, 4.0]])
    (a, b), (c, d) = x
    (a * d - b * c).backward()
    np.testing.assert_array_equal(x.grad, [[4, -3], [-2, 1]])


def test_float32_is_kept() -> None:
    x = Value(np.ones(3, np.float32))
    x[[0, 0]].sum().backward()
    assert x.grad.dtype == np.float32


# ------------------------------------------------------------------------ the other functions

X, M = numbers(6), numbers(3, 4)
MASK = np.arange(12).reshape(3, 4) % 3 == 0

FUNCTIONS: dict[str, tuple[Call, tuple[Any, ...]]] = {
    "where": (lambda a, b: np.where(MASK, a, b), (M, numbers(3, 4, seed=1))),
    "where broadcasts": (lambda a, b: np.where(MASK, a, b), (numbers(4), numbers(3, 1))),
    "where condition broadcasts": (lambda a, b: np.where(MASK[:, :1], a, b), (M, numbers(4))),
    "where of its operand": (lambda x: np.where(x > 0, x, 0.0), (M,)),
    "where scalar": (lambda x: np.where(True, x, 1.0), (np.float64(2.0),)),
    "where with lists": (lambda x: np.where([True, False], x, [[1.0, 2.0]] * 2), (numbers(2),)),
    "select": (lambda x: np.select([x < -0.5, x < 0.5], [2 * x, -x], 3 * x), (X,)),
    "choose": (lambda a, b: np.choose([0, 1, 1], [a, b]), (numbers(3), numbers(3, seed=1))),
    "choose broadcasts": (
        lambda a, b: np.choose([[0], [1]], [a, b]),
        (numbers(3), np.float64(2.0)),
    ),
    "choose wraps": (lambda a: np.choose([0, 5], [a, 2 * a], mode="wrap"), (numbers(2),)),
    "choose clips": (lambda a: np.choose([-4, 5], [a, 2 * a], mode="clip"), (numbers(2),)),
    "choose out of one": (lambda a: np.choose([0, 1, 1, 0], a), (numbers(2, 4),)),
    "take": (lambda x: np.take(x, [[0, 11], [-1, 0]]), (M,)),
    "take scalar": (lambda x: np.take(x, 1, axis=-1), (M,)),
    "take axis": (lambda x: np.take(x, [[2, 0], [2, 2]], axis=0), (M,)),
    "take wraps": (lambda x: np.take(x, [-9, 4, 9], axis=1, mode="wrap"), (M,)),
    "take clips": (lambda x: np.take(x, [-9, 4, 9], axis=1, mode="clip"), (M,)),
    "method take": (lambda x: x.take([0, 0], axis=1), (M,)),
    "take_along_axis": (lambda x: np.take_along_axis(x, MASK * 2, 1), (M,)),
    "take_along_axis 0": (lambda x: np.take_along_axis(x, MASK[:1] * 2, axis=0), (M,)),
    "take_along_axis flat": (lambda x: np.take_along_axis(x, np.array([0, 0, 7]), None), (M,)),
    "take_along_axis broadcasts": (
        lambda x: np.take_along_axis(x, np.array([[0], [1]]), axis=1),
        (numbers(1, 3),),
    ),
    "compress": (lambda x: np.compress([True, False, True], x, axis=0), (M,)),
    "compress short": (lambda x: np.compress([False, True], x, axis=1), (M,)),
    "compress flat": (lambda x: np.compress([False, True, True], x), (M,)),
    "method compress": (lambda x: x.compress([False, True], axis=1), (M,)),
    "extract": (lambda x: np.extract(MASK, x), (M,)),
    "sort": (np.sort, (M,)),
    "sort 0": (lambda x: np.sort(x, axis=0, kind="stable"), (M,)),
    "sort flat": (lambda x: np.sort(x, axis=None, kind="heapsort"), (M,)),
    "sort empty": (np.sort, (numbers(2, 0),)),
    "partition": (lambda x: np.sort(np.partition(x, 2)[:3]), (X,)),
    "partition axis": (lambda x: np.partition(x, 0, axis=0)[0], (M,)),
    "partition flat": (lambda x: np.partition(x, [3, 5], axis=None)[[3, 5]], (M,)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_gradients(name: str) -> None:
    call, operands = FUNCTIONS[name]
    expected = call(*operands)
    result = call(*(Value(x) for x in operands))
    np.testing.assert_array_equal(result.data, expected)
    assert result.shape == np.shape(expected)
    assert result.requires_grad
    # On cubes, so that the second derivative has something to say.
    assert_gradients(lambda *xs: call(*(x * x * x for x in xs)), *operands, order=2)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float32_stays_float32(name: str) -> None:
    call, operands = FUNCTIONS[name]
    leaves = [Value(np.float32(x)) for x in operands]
    result = call(*leaves)
    assert result.dtype == call(*(np.float32(x) for x in operands)).dtype
    for gradient in gradients(result, leaves, np.ones(result.shape)):
        assert gradient.dtype == np.float32


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_not_chosen_does_not_spoil_the_gradient(bad: float) -> None:
    x = Value([1.0, bad])
    np.where(np.isfinite(x), x, 0.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [1, 0])


def test_where_routes_an_infinite_cotangent_by_selection() -> None:
    a, b = Value([1.0, 2.0]), Value([3.0, 4.0])
    chosen = np.where([True, False], a, b)
    ga, gb = gradients(chosen, [a, b], np.array([np.inf, np.nan]))
    np.testing.assert_array_equal(ga, [np.inf, 0])
    np.testing.assert_array_equal(gb, [0, np.nan])


def test_where_of_a_condition_alone() -> None:
    (found,) = np.where(Value([0.0, 2.0, 3.0]))
    np.testing.assert_array_equal(found, [1, 2])


def test_condition_has_no_gradient() -> None:
    c = Value([1.0, 0.0])
    assert type(np.where(c, 1.0, 2.0)) is np.ndarray
    x = Value([1.0, 2.0])
    np.testing.assert_array_equal(gradients(np.where(c, x, 0.0).sum(), [c])[0], [0, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sort_puts_nan_last_and_keeps_ties_apart(dtype: Any) -> None:
    x = Value(np.array([2, np.nan, 1, 2], dtype))
    y = np.sort(x, kind="stable")
    np.testing.assert_array_equal(y.data, np.sort(x.data))
    (gradient,) = gradients(y, [x], np.array([1, 2, 3, 4]))
    np.testing.assert_array_equal(gradient, [2, 4, 1, 3])


@pytest.mark.parametrize("option", [{"kind": "stable"}, {"stable": True}], ids=str)
def test_stable_sort_keeps_equal_elements_in_order(option: dict[str, Any]) -> None:
    x = Value(np.arange(200.0) % 3)
    (gradient,) = gradients(sort(x, **option), [x], np.arange(200.0))
    for tied in (gradient[0::3], gradient[1::3], gradient[2::3]):
        assert np.all(np.diff(tied) == 1)


REFUSED: dict[str, tuple[Call, type[Exception], str]] = {
    "where one branch": (lambda x: np.where(True, x), ValueError, "both branches"),
    "take mode": (lambda x: np.take(x, 0, mode="?"), ValueError, "'clip', not '\\?'"),
    "take bounds": (lambda x: np.take(x, 3), IndexError, "out of bounds"),
    "take axis": (lambda x: np.take(x, 0, axis=1), ShapeError, "take: axis=1"),
    "take out": (lambda x: np.take(x, 0, out=np.zeros(())), NotDifferentiableError, "out="),
    "take_along_axis ndim": (
        lambda x: np.take_along_axis(x, np.array([[0]]), 0),
        ShapeError,
        r"\(1, 1\) need as many dimensions",
    ),
    "take_along_axis dtype": (
        lambda x: np.take_along_axis(x, np.array([0.0]), 0),
        IndexError,
        "integers, not float64",
    ),
    "choose bounds": (lambda x: np.choose([2], [x, x]), IndexError, "out of bounds"),
    "compress 2-D": (lambda x: np.compress([[True]], x), ShapeError, r"1-D, not .* \(1, 1\)"),
    "select lengths": (lambda x: np.select([x > 0], [x, x]), ValueError, "1 conditions and 2"),
    "sort order": (lambda x: np.sort(x, order="a"), NotDifferentiableError, "order="),
    "sort axis": (lambda x: np.sort(x, axis=1), ValueError, "axis 1 is out of bounds"),
    "put_along_axis": (
        lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0),
        NotDifferentiableError,
        "put_along_axis has no gradient rule",
    ),
    "unique": (np.unique, NotDifferentiableError, "unique has no gradient rule"),
    "setitem": (lambda x: x.__setitem__(0, 1.0), TypeError, "np.where"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call(Value([1.0, 2.0, 3.0]))
