"""Shaping, joining and cutting: the values are NumPy's, and the gradients finite differences'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from tinygrad_gates import Value, assert_gradients, gradients
from tinygrad_gates.errors import DtypeError, MutationError, NotDifferentiableError, ShapeError

Call = Callable[..., Any]


def numbers(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).uniform(0.5, 1.5, shape)


S, X, M, T = np.float64(0.7), numbers(4), numbers(3, 4), numbers(2, 3, 4)
ROW, COLUMN, SQUARE, EMPTY = numbers(1, 4), numbers(3, 1), numbers(3, 3), numbers(0, 3)
LONG = numbers(2, 1, 4)

SHAPING: dict[str, tuple[Call, list[tuple[Any, ...]]]] = {
    "reshape": (lambda x: np.reshape(x, (4, -1)), [(M,), (X,)]),
    "reshape empty": (lambda x: np.reshape(x, (5, 0)), [(EMPTY,)]),
    "reshape to 0-d": (lambda x: x[:1].reshape(()), [(X,)]),
    "reshape -1 of empty": (lambda x: np.reshape(x, -1), [(EMPTY,), (S,)]),
    "reshape F": (lambda x: np.reshape(x, (2, -1), order="F"), [(M,), (T,)]),
    "method reshape": (lambda x: x.reshape(2, 6), [(M,)]),
    "method reshape tuple": (lambda x: x.reshape((2, 6), order="F"), [(M,)]),
    "method reshape array": (lambda x: x.reshape(np.array([2, 6])), [(M,)]),
    "ravel": (np.ravel, [(S,), (M,), (EMPTY,)]),
    "ravel F": (lambda x: np.ravel(x, order="F"), [(T,)]),
    "method ravel": (lambda x: x.ravel(), [(M,)]),
    "method flatten": (lambda x: x.flatten("F"), [(M,)]),
    "squeeze": (np.squeeze, [(ROW,), (LONG,), (S,)]),
    "squeeze axis": (lambda x: np.squeeze(x, axis=(-2,)), [(ROW,), (LONG,)]),
    "method squeeze": (lambda x: x.squeeze(0), [(ROW,)]),
    "expand_dims": (lambda x: np.expand_dims(x, (0, -1)), [(S,), (M,)]),
    "expand_dims one": (lambda x: np.expand_dims(x, 1), [(X,), (M,)]),
    "atleast_1d": (np.atleast_1d, [(S,), (X,)]),
    "atleast_2d": (np.atleast_2d, [(S,), (X,), (M,)]),
    "atleast_3d": (np.atleast_3d, [(S,), (X,), (M,), (T,), (EMPTY,)]),
    "atleast of several": (lambda x, y: np.atleast_2d(x, y), [(S, X)]),
    "transpose": (np.transpose, [(S,), (X,), (M,), (T,)]),
    "transpose axes": (lambda x: np.transpose(x, (1, -1, 0)), [(T,)]),
    "method transpose": (lambda x: x.transpose(2, 0, 1), [(T,)]),
    "method transpose tuple": (lambda x: x.transpose((2, 0, 1)), [(T,)]),
    "method transpose none": (lambda x: x.transpose(None) + x.transpose(), [(M,)]),
    "T": (lambda x: x.T, [(S,), (M,), (T,)]),
    "swapaxes": (lambda x: np.swapaxes(x, 0, -1), [(M,), (T,)]),
    "method swapaxes": (lambda x: x.swapaxes(1, 2), [(T,)]),
    "moveaxis": (lambda x: np.moveaxis(x, 0, -1), [(X,), (T,)]),
    "moveaxis several": (lambda x: np.moveaxis(x, (0, 1), (-1, 0)), [(M,), (T,)]),
    "rollaxis": (lambda x: np.rollaxis(x, 2), [(T,)]),
    "rollaxis onward": (lambda x: np.rollaxis(x, 0, 3), [(T,)]),
    "rollaxis negative": (lambda x: np.rollaxis(x, -2, -1), [(T,)]),
    "flip": (np.flip, [(S,), (M,), (T,)]),
    "flip axes": (lambda x: np.flip(x, (0, -1)), [(M,), (T,), (EMPTY,)]),
    "fliplr": (np.fliplr, [(M,)]),
    "flipud": (np.flipud, [(X,), (M,)]),
    "rot90": (np.rot90, [(M,)]),
    "rot90 twice": (lambda x: np.rot90(x, -2, (1, 2)), [(T,)]),
    "rot90 back": (lambda x: np.rot90(x, 3, axes=(2, 0)), [(T,)]),
    "rot90 round": (lambda x: np.rot90(x, 4), [(M,)]),
    "roll": (lambda x: np.roll(x, 5), [(X,), (M,)]),
    "roll axes": (lambda x: np.roll(x, (1, -3), axis=(0, 1)), [(M,)]),
    "roll one shift": (lambda x: np.roll(x, 2, (0, -1)), [(T,)]),
    "roll one axis twice": (lambda x: np.roll(x, (1, 1), axis=1), [(M,), (EMPTY,)]),
    "roll flat by several": (lambda x: np.roll(x, (1, 2)), [(M,)]),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 3, 4)), [(S,), (X,), (COLUMN,), (LONG,)]),
    "broadcast_to number": (lambda x: np.broadcast_to(x, 3), [(S,), (numbers(1),)]),
    "broadcast_arrays": (lambda x, y: np.broadcast_arrays(x, y, 1.0), [(ROW, COLUMN), (S, X)]),
    "tile": (lambda x: np.tile(x, 3), [(S,), (X,), (M,)]),
    "tile more axes": (lambda x: np.tile(x, (2, 1, 3)), [(X,), (M,), (EMPTY,)]),
    "tile fewer": (lambda x: np.tile(x, (2,)), [(T,)]),
    "tile none": (lambda x: np.tile(x, 0), [(M,)]),
    "repeat": (lambda x: np.repeat(x, 2), [(S,), (M,)]),
    "repeat axis": (lambda x: np.repeat(x, 3, axis=-1), [(X,), (M,)]),
    "repeat each": (lambda x: np.repeat(x, [2, 0, 1], axis=0), [(M,), (COLUMN,)]),
    "method repeat": (lambda x: x.repeat(2, 0), [(M,)]),
    "copy": (np.copy, [(S,), (M,)]),
    "method copy": (lambda x: x.copy(), [(M,), (EMPTY,)]),
    "astype": (lambda x: x.astype(float), [(S,), (M,)]),
    "full_like": (lambda x, y: np.full_like(x, y), [(M, S), (M, X)]),
    "full_like shape": (lambda x: np.full_like(x, x[0], shape=(3,)), [(X,)]),
}

JOINING: dict[str, tuple[Call, list[tuple[Any, ...]]]] = {
    "concatenate": (lambda *xs: np.concatenate(xs), [(X, X[:2]), (M,)]),
    "concatenate axis": (lambda *xs: np.concatenate(xs, axis=-1), [(M, COLUMN), (T, LONG + T)]),
    "concatenate flat": (lambda *xs: np.concatenate(xs, axis=None), [(S, M), (X, T, EMPTY)]),
    "concatenate empty": (lambda *xs: np.concatenate(xs), [(EMPTY, numbers(2, 3)), (EMPTY,)]),
    "concatenate arrays": (lambda x: np.concatenate([x, np.ones(2), [3, 4]]), [(X,)]),
    "concatenate itself": (lambda x: np.concatenate((x, x, x)), [(X,)]),
    "concatenate slices": (np.concatenate, [(M,), (T,)]),
    "stack slices": (np.stack, [(X,), (M,)]),
    "stack": (lambda *xs: np.stack(xs), [(S, S), (M, M, M)]),
    "stack axis": (lambda *xs: np.stack(xs, axis=-1), [(S,), (X, X), (M, M)]),
    "stack numbers": (lambda x: np.stack([x, 2.0, 3], axis=0), [(S,)]),
    "stack generator": (lambda x: np.stack([v * k for k, v in enumerate(x)]), [(X,), (M,)]),
    "vstack": (lambda *xs: np.vstack(xs), [(X, X), (M, X), (S, S)]),
    "hstack": (lambda *xs: np.hstack(xs), [(X, S), (M, COLUMN), (S,)]),
    "dstack": (lambda *xs: np.dstack(xs), [(X, X), (M, M), (T, T)]),
    "column_stack": (lambda *xs: np.column_stack(xs), [(X, X), (numbers(3), M)]),
    "append": (lambda x: np.append(x, [5.0, 6.0]), [(S,), (M,)]),
    "append axis": (lambda x, y: np.append(x, y, axis=0), [(M, ROW)]),
    "block": (lambda x, y: np.block([[x, 2 * y], [y, x]]), [(SQUARE, numbers(3, 3, seed=1))]),
    "block mixed": (lambda x: np.block([[x, np.ones((3, 2))], [np.zeros(6)]]), [(M,)]),
    "block row": (lambda x, y: np.block([x, y, 1.0]), [(X, S)]),
    "block alone": (lambda x: np.block([[[x]]]), [(M,)]),
    "array_split": (lambda x: np.array_split(x, 3), [(X,), (numbers(2),), (M,)]),
    "array_split at": (lambda x: np.array_split(x, [1, 3, 9], axis=1), [(M,), (T,)]),
    "split": (lambda x: np.split(x, 2, axis=-1), [(X,), (M,)]),
    "split at": (lambda x: np.split(x, np.array([2, 1, -1])), [(X,), (M,)]),
    "hsplit": (lambda x: np.hsplit(x, [1]), [(X,), (M,), (T,)]),
    "vsplit": (lambda x: np.vsplit(x, 3), [(M,)]),
    "dsplit": (lambda x: np.dsplit(x, 2), [(T,)]),
    "delete": (lambda x: np.delete(x, [0, -1]), [(X,), (M,)]),
    "delete axis": (lambda x: np.delete(x, slice(None, None, 2), axis=1), [(M,)]),
    "pad": (lambda x: np.pad(x, 2), [(X,), (M,), (EMPTY,)]),
    "pad pairs": (
        lambda x: np.pad(x, ((0, 2), (1, 0)), constant_values=((1, 2), (3, 4.5))),
        [(M,), (EMPTY,)],
    ),
    "pad 0-d": (lambda x: np.pad(x, 0), [(S,)]),
    **{
        f"pad {mode}": (lambda x, mode=mode: np.pad(x, (2, 1), mode), [(X,), (M,), (T,)])
        for mode in ("edge", "reflect", "symmetric", "wrap")
    },
    "pad far": (lambda x: np.pad(x, 7, mode="reflect"), [(X,)]),
}

DIAGONALS: dict[str, tuple[Call, list[tuple[Any, ...]]]] = {
    "tril": (np.tril, [(M,), (M.T,), (T,), (X,)]),
    "triu": (np.triu, [(M,), (M.T,), (T,), (X,)]),
    "tril k": (lambda x: np.tril(x, -1), [(M,), (T,)]),
    "triu k": (lambda x: np.triu(x, k=2), [(M,), (T,)]),
    "diag": (np.diag, [(X,), (M,), (M.T,)]),
    "diag k": (lambda x: np.diag(x, k=-1), [(X,), (M,), (numbers(0),)]),
    "diag far": (lambda x: np.diag(x, 4), [(M,)]),
    "diagflat": (lambda x: np.diagflat(x, 1), [(numbers(1),), (X,), (M,)]),
    "diagonal": (np.diagonal, [(M,), (M.T,), (T,)]),
    "diagonal axes": (lambda x: np.diagonal(x, 1, axis1=2, axis2=0), [(T,)]),
    "method diagonal": (lambda x: x.diagonal(-1), [(M,), (T,)]),
    "trace": (np.trace, [(SQUARE,), (M,), (T,)]),
    "trace axes": (lambda x: np.trace(x, -1, -2, -1), [(T,)]),
    "method trace": (lambda x: x.trace(offset=1), [(M,)]),
    "meshgrid": (lambda x, y: np.meshgrid(x, y), [(X, numbers(3)), (S, X)]),
    "meshgrid ij": (lambda *xs: np.meshgrid(*xs, indexing="ij"), [(X, numbers(3), numbers(2))]),
    "meshgrid xy": (lambda *xs: np.meshgrid(*xs), [(X, numbers(3), numbers(2)), (X,)]),
    "meshgrid sparse": (lambda *xs: np.meshgrid(*xs, sparse=True), [(X, numbers(3))]),
}

NEWER: list[tuple[str, Call, list[tuple[Any, ...]]]] = [  # what came with NumPy 2
    ("matrix_transpose", lambda x: np.matrix_transpose(x), [(M,), (T,)]),
    ("astype", lambda x: np.astype(x, np.float64, copy=False), [(M,)]),
    ("unstack", lambda x: np.unstack(x, axis=-1), [(X,), (M,)]),
    ("permute_dims", lambda x: np.permute_dims(x, (1, 0)), [(M,)]),
    ("concat", lambda x, y: np.concat([x, y]), [(X, X)]),
    ("linalg.diagonal", lambda x: np.linalg.diagonal(x, offset=1), [(M,), (T,)]),
    ("linalg.trace", lambda x: np.linalg.trace(x, offset=-1), [(M,), (T,)]),
    ("linalg.matrix_transpose", lambda x: np.linalg.matrix_transpose(x), [(M,), (T,)]),
]


def exists(name: str) -> bool:
    *module, function = name.split(".")
    return hasattr(np.linalg if module else np, function)


CASES = {
    f"{name} {i}": (call, operands)
    for table in (
        SHAPING,
        JOINING,
        DIAGONALS,
        {name: (call, cases) for name, call, cases in NEWER if exists(name)},
    )
    for name, (call, cases) in table.items()
    for i, operands in enumerate(cases)
}


def parts(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


def packed(result: Any) -> Any:
    """Return one result, with the parts of several one after the other."""
    return np.concatenate(result, axis=None) if isinstance(result, (list, tuple)) else result


@pytest.mark.parametrize("name", CASES)
def test_value_is_numpys(name: str) -> None:
    call, operands = CASES[name]
    expected, result = parts(call(*operands)), parts(call(*(Value(x) for x in operands)))
    assert len(result) == len(expected)
    for ours, theirs in zip(result, expected, strict=True):
        ours = ours.data if isinstance(ours, Value) else ours
        np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("name", CASES)
def test_gradients(name: str) -> None:
    call, operands = CASES[name]
    # Of cubes, so that the second derivative has something to say.
    assert_gradients(lambda *xs: packed(call(*(x * x * x for x in xs))), *operands, order=2)


@pytest.mark.parametrize("name", CASES)
def test_float32_comes_back_as_float32(name: str) -> None:
    call, operands = CASES[name]
    leaves = [Value(np.float32(x)) for x in operands]
    result = packed(call(*leaves))
    for x, gradient in zip(leaves, gradients(result, leaves, np.ones(result.shape)), strict=True):
        assert gradient.dtype == np.float32
        assert gradient.shape == x.shape


# ------------------------------------------------------------------------ properties


@given(st.data(), array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
def test_any_transposition(data: st.DataObject, shape: tuple[int, ...]) -> None:
    order = data.draw(st.permutations(range(len(shape))))
    x = Value(numbers(*shape))
    y = np.transpose(x, order)
    g = numbers(*y.shape, seed=1)
    np.testing.assert_array_equal(y.data, np.transpose(x.data, order))
    np.testing.assert_array_equal(gradients(y, [x], g)[0], np.transpose(g, np.argsort(order)))


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0))
def test_any_broadcast_is_undone_by_summing(found: Any) -> None:
    shape, wanted = found.input_shapes[0], found.result_shape
    x = Value(np.ones(shape))
    y = np.broadcast_to(x, wanted)
    assert y.shape == wanted
    (gradient,) = gradients(y, [x], np.ones(wanted))
    assert gradient.shape == shape
    assert gradient.sum() == np.prod(wanted)


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=5),
    st.integers(0, 2),
)
def test_splitting_undoes_joining(lengths: list[int], axis: int) -> None:
    shapes = [[n if i == axis else 2 for i in range(3)] for n in lengths]
    xs = [Value(numbers(*shape, seed=i)) for i, shape in enumerate(shapes)]
    again = np.split(np.concatenate(xs, axis), np.cumsum(lengths)[:-1], axis)
    for x, y in zip(xs, again, strict=True):
        np.testing.assert_array_equal(y.data, x.data)
        np.testing.assert_array_equal(gradients(y, [x], x.data)[0], x.data)


def test_stack_of_many_scalars() -> None:
    xs = [Value(float(i)) for i in range(1000)]
    (np.stack(xs) * np.arange(1000)).sum().backward()
    assert [x.grad for x in xs] == list(range(1000))


def test_matrices_are_transposed_by_mT() -> None:
    x = Value(T)
    np.testing.assert_array_equal(x.mT.data, np.swapaxes(T, 1, 2))
    assert_gradients(lambda x: (x * x).mT, T, order=2)


def test_unused_part_has_a_zero_gradient() -> None:
    x = Value(X)
    first, _ = np.split(x, 2)
    np.testing.assert_array_equal(gradients(first.sum(), [x])[0], [1, 1, 0, 0])


# ------------------------------------------------------------------------ views and changes

VIEWS: dict[str, Call] = {
    "reshape": lambda x: x.reshape(-1),
    "T": lambda x: x.T,
    "flip": np.flip,
    "copy": np.copy,
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 4)),
    "diagonal": lambda x: x.diagonal(),
    "split": lambda x: np.split(x, 3)[0],
}


@pytest.mark.parametrize("name", VIEWS)
def test_writing_to_a_result_leaves_the_operand(name: str) -> None:
    x = Value(M)
    VIEWS[name](x).data[...] = 0
    np.testing.assert_array_equal(x.data, M)


@pytest.mark.parametrize("name", VIEWS)
def test_writing_to_the_operand_is_noticed(name: str) -> None:
    x = Value(M)
    y = VIEWS[name](x)
    z = y * y
    x.data[...] = 0
    with pytest.raises(MutationError):
        z.sum().backward()


# ------------------------------------------------------------------------ dtypes


def test_astype_casts_the_gradient_back() -> None:
    x = Value(np.ones(2, np.float32))
    y = x.astype(np.float64)
    assert y.dtype == np.float64
    y.sum().backward()
    assert x.grad.dtype == np.float32


def test_astype_of_integers_makes_constants() -> None:
    x = Value([1.7, -2.2])
    whole = x.astype(int)
    np.testing.assert_array_equal(whole.data, [1, -2])
    assert whole.is_constant
    again = whole.astype(float)
    assert again.is_constant


@pytest.mark.parametrize("dtype", [complex, str, object, "M8[s]"])
def test_astype_refuses_what_is_not_real(dtype: Any) -> None:
    with pytest.raises(DtypeError, match="real numbers are needed"):
        Value(1.0).astype(dtype)


def test_full_like_of_integers_is_a_constant() -> None:
    filled = np.full_like(Value([0, 0]), Value(2.5))
    np.testing.assert_array_equal(filled.data, [2, 2])
    assert filled.is_constant


# ------------------------------------------------------------------------ plain data

W = np.array([[0.5, -1.0, np.nan], [np.inf, 0.0, 2.0]])
FINITE = np.array([[0.5, -1.0, 3.0], [4.0, 0.0, 2.0]])
PLAIN: dict[str, Call] = {
    **{
        function.__name__: function
        for function in (
            np.shape,
            np.ndim,
            np.size,
            np.result_type,
            np.isrealobj,
            np.iscomplexobj,
            np.ones_like,
            np.zeros_like,
            np.isnan,
            np.isinf,
            np.isfinite,
            np.isposinf,
            np.isneginf,
            np.signbit,
            np.logical_not,
            np.any,
            np.all,
            np.argmax,
            np.argmin,
            np.argsort,
            np.argwhere,
            np.nonzero,
            np.flatnonzero,
            np.count_nonzero,
            np.array_repr,
            np.array_str,
            np.array2string,
            np.tril_indices_from,
        )
    },
    "size axis": lambda x: np.size(x, 1),
    "can_cast": lambda x: np.can_cast(x.dtype, np.float32),
    "common_type": lambda x: np.common_type(x, np.ones(1, np.float32)),
    "zeros_like": lambda x: np.zeros_like(x, dtype=np.float32),
    "empty_like": lambda x: np.empty_like(x).shape,
    "full_like": lambda x: np.full_like(x, 7),
    "equal": lambda x: np.equal(x, 0.5),
    "greater": lambda x: np.greater(x, x[0]),
    "less_equal": lambda x: np.less_equal(1.0, x),
    "operator <": lambda x: x < 0.5,
    "operator ==": lambda x: x == x,
    "operator reflected": lambda x: np.full((2, 3), 0.5) >= x,
    "logical_and": lambda x: np.logical_and(x, x > 0),
    "logical_or": lambda x: np.logical_or(x > 0, x),
    "logical_xor": lambda x: np.logical_xor(x, x),
    "allclose": lambda x: np.allclose(x, x, equal_nan=True),
    "isclose": lambda x: np.isclose(x, 0.5),
    "array_equal": lambda x: np.array_equal(x, W),
    "array_equiv": lambda x: np.array_equiv(x, x),
    "isin": lambda x: np.isin(x, [0.5, 2.0]),
    "argmax axis": lambda x: np.argmax(x, axis=1, keepdims=True),
    "method argmax": lambda x: x.argmax(0),
    "method argmin": lambda x: x.argmin(axis=-1),
    "method argsort": lambda x: x.argsort(axis=0),
    "method any": lambda x: x.any(axis=0),
    "method all": lambda x: x.all(),
    "method nonzero": lambda x: x.nonzero(),
    "method searchsorted": lambda x: x[1, 1:].searchsorted(1.0),
    "searchsorted": lambda x: np.searchsorted(np.array([0.0, 1.0]), x[1]),
    "digitize": lambda x: np.digitize(x, [0.0, 1.0]),
    "argpartition": lambda x: np.argpartition(x[1], 0)[0],
    "lexsort": lambda x: np.lexsort((x[0], x[1])),
    "nanargmax": lambda x: np.nanargmax(x, axis=1),
    "shares_memory": lambda x: np.shares_memory(x, np.zeros(2)),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("data", [W, FINITE], ids=["nan", "finite"])
def test_answers_on_plain_data(name: str, data: Any) -> None:
    expected, result = PLAIN[name](data), PLAIN[name](Value(data))
    assert type(result) is type(expected)
    np.testing.assert_array_equal(result, expected)


# ------------------------------------------------------------------------ refusals

REFUSED: dict[str, tuple[Call, type[Exception], str]] = {
    "reshape size": (lambda x: x.reshape(5), ShapeError, r"\(3, 4\) has 12 elements.*shape 5"),
    "reshape -1": (lambda x: x.reshape(5, -1), ShapeError, r"do not fit shape \(5, -1\)"),
    "reshape two -1": (lambda x: x.reshape(-1, -1), ShapeError, r"shape \(-1, -1\)"),
    "reshape negative": (lambda x: x.reshape(-2, -6), ShapeError, r"shape \(-2, -6\)"),
    "reshape order": (lambda x: np.reshape(x, 12, order="A"), ValueError, "'C' or 'F', not 'A'"),
    "reshape float": (lambda x: x.reshape(12.0), TypeError, "integer"),
    "squeeze": (lambda x: np.squeeze(x, 0), ShapeError, r"axis=0 of an array of shape \(3, 4\)"),
    "expand_dims": (lambda x: np.expand_dims(x, (0, 0)), ShapeError, "expand_dims: axis"),
    "transpose": (lambda x: x.transpose(0, 0), ShapeError, "transpose: axis"),
    "transpose few": (lambda x: np.transpose(x, (0,)), ShapeError, "does not name each of 2"),
    "moveaxis": (lambda x: np.moveaxis(x, (0, 1), 0), ShapeError, "differ in number"),
    "swapaxes": (lambda x: np.swapaxes(x, 0, 2), ShapeError, "swapaxes: axis=2"),
    "mT": (lambda x: x[0].mT, ShapeError, "two axes are needed"),
    "flip": (lambda x: np.flip(x, 2), ShapeError, "flip: axis=2"),
    "broadcast_to": (lambda x: np.broadcast_to(x, (4, 3)), ValueError, "broadcast"),
    "broadcast_arrays": (lambda x: np.broadcast_arrays(x, np.ones(3)), ValueError, "broadcast"),
    "repeat": (lambda x: np.repeat(x, [1, 2], axis=0), ValueError, "broadcast"),
    "concatenate": (lambda x: np.concatenate([x, x.T]), ValueError, "must match exactly"),
    "concatenate dims": (lambda x: np.concatenate([x, x[0]]), ValueError, "dimension"),
    "concatenate axis": (lambda x: np.concatenate([x, x], 2), ShapeError, "concatenate: axis=2"),
    "concatenate 0-d": (lambda x: np.concatenate([x[0, 0]]), ShapeError, "np.stack"),
    "concatenate nested": (lambda x: np.concatenate([x, [x]]), NotDifferentiableError, "np.stack"),
    "concatenate out": (
        lambda x: np.concatenate([x, x], out=np.zeros((6, 4))),
        NotDifferentiableError,
        "out=",
    ),
    "concatenate dtype": (
        lambda x: np.concatenate([x, x], dtype=np.float32),
        NotDifferentiableError,
        "dtype=",
    ),
    "stack": (lambda x: np.stack([x, x[0]]), ValueError, "same shape"),
    "stack axis": (lambda x: np.stack([x], axis=3), ShapeError, "stack: axis=3"),
    "block": (lambda x: np.block([x, [x]]), ShapeError, "nested equally deep"),
    "split": (lambda x: np.split(x, 2), ShapeError, "3 elements do not divide into 2 equal"),
    "split zero": (lambda x: np.split(x, 0), ShapeError, "into 0 equal"),
    "array_split": (lambda x: np.array_split(x, 0), ValueError, "at least one section"),
    "dsplit": (lambda x: np.dsplit(x, 2), ShapeError, "dsplit: 3 dimensions or more"),
    "pad mode": (lambda x: np.pad(x, 1, "mean"), NotDifferentiableError, "mode='mean'"),
    "pad odd": (
        lambda x: np.pad(x, 1, "reflect", reflect_type="odd"),
        NotDifferentiableError,
        "reflect_type='odd'",
    ),
    "pad option": (
        lambda x: np.pad(x, 1, "mean", stat_length=1),
        NotDifferentiableError,
        "stat_length=",
    ),
    "pad negative": (lambda x: np.pad(x, -1), ShapeError, "0 or more"),
    "pad widths": (lambda x: np.pad(x, [(1, 1)] * 3), ShapeError, "each of 2 axes"),
    "pad floats": (lambda x: np.pad(x, 1.5), ShapeError, "integers"),
    "pad with a Value": (
        lambda x: np.pad(x, 1, constant_values=x[0, 0]),
        NotDifferentiableError,
        "numbers as constant_values",
    ),
    "diag": (lambda x: np.diag(x[None]), ShapeError, r"shape is \(1, 3, 4\)"),
    "diagonal": (lambda x: np.diagonal(x[0]), ShapeError, "two axes are needed"),
    "diagonal axes": (lambda x: np.diagonal(x, 0, 1, 1), ShapeError, "diagonal: axis"),
    "meshgrid": (lambda x: np.meshgrid(x, indexing="yx"), ValueError, "'xy' or 'ij'"),
    "astype casting": (lambda x: x.astype(int, casting="safe"), DtypeError, "casting='safe'"),
    "array": (lambda x: np.array([x, x]), NotDifferentiableError, "np.stack"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call(Value(M))
