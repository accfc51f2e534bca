"""Linear algebra called as NumPy's functions: NumPy's results, and gradients to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import Value, assert_gradients, gradients, trees
from tinygrad_gates.errors import NotDifferentiableError, ShapeError

RNG = np.random.default_rng(5)


def drawn(*shape: int) -> Any:
    return RNG.uniform(0.5, 1.5, shape)


M, N, V, W = drawn(2, 3), drawn(3, 4), drawn(3), drawn(2)
S, T, B = drawn(3, 3) + 3 * np.eye(3), drawn(4, 2, 3), drawn(4, 3, 2)
SYMMETRIC = S + S.T + np.diag([0.0, 4.0, 9.0])
CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "matmul": (np.matmul, (M, N)),
    "linalg.matmul": (np.linalg.matmul, (T, B)),
    "matmul stacks": (np.matmul, (T[:, None], B)),
    "matmul vectors": (np.matmul, (V, V)),
    "matmul stack vector": (np.matmul, (T, V)),
    "matmul vector stack": (np.matmul, (W, T)),
    "dot": (np.dot, (M, N)),
    "dot scalars": (np.dot, (np.float64(2), M)),
    "dot tensors": (np.dot, (T, drawn(2, 3, 2))),
    "dot tensor vector": (np.dot, (T, V)),
    "vdot": (np.vdot, (M, M.reshape(3, 2))),
    "inner": (np.inner, (T, M)),
    "inner scalar": (np.inner, (2.0, V)),
    "outer": (np.outer, (M, W)),
    "linalg.outer": (np.linalg.outer, (V, W)),
    "tensordot": (np.tensordot, (T, drawn(2, 3, 5))),
    "tensordot 0": (lambda a, b: np.tensordot(a, b, 0), (V, W)),
    "tensordot axes": (lambda a, b: np.tensordot(a, b, ([0, 2], [0, 1])), (T, B)),
    "linalg.tensordot": (lambda a, b: np.linalg.tensordot(a, b, axes=1), (M, N)),
    "vecdot": (np.linalg.vecdot, (T, V)),
    "vecdot axis": (lambda a, b: np.linalg.vecdot(a, b, axis=0), (M, M)),
    "kron": (np.kron, (M, N)),
    "kron mixed": (np.kron, (V, M)),
    "cross": (np.cross, (M, V)),
    "cross axis": (lambda a, b: np.cross(a, b, axis=0), (N, N[:, ::-1])),
    "linalg.cross": (np.linalg.cross, (M, V)),
    "multi_dot": (lambda *xs: np.linalg.multi_dot(xs), (W, M, N, drawn(4))),
    "multi_dot matrices": (lambda *xs: np.linalg.multi_dot(xs), (M, N, drawn(4, 2), M)),
    "matrix_power 0": (lambda a: np.linalg.matrix_power(a, 0) * a, (S,)),
    "matrix_power 5": (lambda a: np.linalg.matrix_power(a, 5) / 1e3, (S,)),
    "matrix_power -2": (lambda a: np.linalg.matrix_power(a, -2), (S,)),
    "inv": (np.linalg.inv, (S,)),
    "inv batch": (np.linalg.inv, (np.stack([S, S.T]),)),
    "pinv": (np.linalg.pinv, (M,)),
    "solve vector": (np.linalg.solve, (S, V)),
    "solve matrix": (np.linalg.solve, (S, N)),
    "solve batch": (np.linalg.solve, (np.stack([S, S.T]), V)),
    "det": (np.linalg.det, (S,)),
    "slogdet": (np.linalg.slogdet, (-S,)),
    "cholesky": (lambda a: np.linalg.cholesky(a @ a.T), (S,)),
    "cholesky upper": (lambda a: np.linalg.cholesky(a @ a.T, upper=True), (S,)),
    "eigh": (lambda a: np.linalg.eigh(a + a.T), (SYMMETRIC,)),
    "eigh U": (lambda a: np.linalg.eigh(a + a.T, "U"), (SYMMETRIC,)),
    "eigvalsh": (lambda a: np.linalg.eigvalsh(a + a.T), (SYMMETRIC,)),
    "svd": (lambda a: np.linalg.svd(a), (S,)),
    "svd reduced": (lambda a: np.linalg.svd(a, full_matrices=False), (M,)),
    "svd values": (lambda a: np.linalg.svd(a, compute_uv=False), (N,)),
    "svdvals": (np.linalg.svdvals, (B,)),
    "qr": (np.linalg.qr, (S,)),
    "qr tall": (np.linalg.qr, (B,)),
    "qr wide": (np.linalg.qr, (N,)),
    "qr r": (lambda a: np.linalg.qr(a, "r"), (N,)),
    "qr complete": (lambda a: np.linalg.qr(a, mode="complete"), (N,)),
    "norm nuc": (lambda a: np.linalg.norm(a, "nuc"), (M,)),
    "vector_norm": (np.linalg.vector_norm, (T,)),
    "vector_norm axes": (
        lambda a: np.linalg.vector_norm(a, axis=(0, 2), keepdims=True, ord=3),
        (T,),
    ),
    "matrix_norm": (np.linalg.matrix_norm, (T,)),
    "matrix_norm 1": (lambda a: np.linalg.matrix_norm(a, ord=1, keepdims=True), (T,)),
    "trace of product": (lambda a, b: np.trace(a @ b), (S, S)),
}
for _name in ("vecdot", "matvec", "vecmat"):
    if hasattr(np, _name):
        shapes = {"vecdot": (T, V), "matvec": (T, V), "vecmat": (W, T)}[_name]
        CALLS[f"np.{_name}"] = (getattr(np, _name), shapes)

EINSUMS: list[tuple[Any, ...]] = [
    ("ij,jk->ik", M, N),
    ("ij,jk", M, N),
    (" i j , j k -> k i ", M, N),
    ("ij->ji", M),
    ("ij->", M),
    ("ij", M),
    ("ji", M),
    ("ij->j", M),
    ("ii->i", S),
    ("ii", S),
    ("iji->j", drawn(2, 3, 2)),
    ("i,i", V, V),
    ("i,j->ij", V, W),
    ("...ij,...jk->...ik", T, B),
    ("...j,jk", T, N),
    ("...i->...", T),
    ("i...->...i", T),
    ("...,...", T, V),
    ("ij...,jk...->ik...", drawn(2, 3, 2), drawn(3, 2, 1)),
    ("ij,jk,kl->il", M, N, drawn(4, 2)),
    ("i,ij,j", W, M, V),
    (",ij", np.float64(2.0), M),
    ("ij,ij,ij->i", M, M, M),
    ("ij,kl->j", M, N),
    (M, [0, 1], N, [1, 2], [0, 2]),
    (M, [0, 1], N, [1, 2]),
    (M, [3, 1], [1, 3]),
    (T, [..., 0, 1], B, [..., 1, 2], [..., 0, 2]),
    (S, [4, 4]),
]


def same(found: Any, expected: Any) -> None:
    pairs = list(zip(trees.leaves(found), trees.leaves(expected), strict=True))
    for ours, theirs in pairs:
        assert isinstance(ours, Value)
        assert np.shape(ours) == np.shape(theirs)
        np.testing.assert_allclose(ours.data, theirs, rtol=1e-10, atol=1e-12)
    if hasattr(expected, "_fields"):
        assert found._fields == expected._fields


@pytest.mark.parametrize("name", CALLS)
def test_results_are_numpys(name: str) -> None:
    call, operands = CALLS[name]
    expected = call(*operands)
    same(call(*map(Value, operands)), expected)
    for i in range(len(operands)):
        mixed = [Value(x) if i == j else x for j, x in enumerate(operands)]
        same(call(*mixed), expected)


@pytest.mark.parametrize("name", CALLS)
def test_gradients(name: str) -> None:
    call, operands = CALLS[name]
    assert_gradients(call, *operands, order=2)


@pytest.mark.parametrize("name", CALLS)
def test_float32_stays(name: str) -> None:
    call, operands = CALLS[name]
    leaves = [Value(np.asarray(x, np.float32)) for x in operands]
    for y in trees.leaves(call(*leaves)):
        assert y.dtype == np.float32
        assert all(g.dtype == np.float32 for g in gradients(y.sum(), leaves))


@pytest.mark.parametrize(
    "operands", EINSUMS, ids=lambda o: str(o[0]) if isinstance(o[0], str) else "lists"
)
@pytest.mark.parametrize("optimize", [False, True, "greedy"])
def test_einsum_in_every_form(operands: tuple[Any, ...], optimize: Any) -> None:
    places = [i for i, x in enumerate(operands) if isinstance(x, (np.ndarray, np.generic))]

    def call(*arrays: Any) -> Any:
        filled = list(operands)
        for i, x in zip(places, arrays, strict=True):
            filled[i] = x
        return np.einsum(*filled, optimize=optimize)

    arrays = [operands[i] for i in places]
    same(call(*map(Value, arrays)), call(*arrays))
    assert_gradients(call, *arrays, order=2)


@given(st.data())
def test_random_einsums(data: Any) -> None:
    sizes = dict(zip("ijkl", (2, 3, 1, 2), strict=True))
    terms = data.draw(st.lists(st.text("ijkl", max_size=3), min_size=1, max_size=3))
    used = sorted(set("".join(terms)))
    output = data.draw(st.permutations(used)) if used else []
    output = output[: data.draw(st.integers(0, len(output)))]
    subscripts = f"{','.join(terms)}->{''.join(output)}"
    arrays = [
        np.cos(np.arange(np.prod(s := [sizes[c] for c in t]), dtype=float)).reshape(s)
        for t in terms
    ]
    same(np.einsum(subscripts, *map(Value, arrays)), np.einsum(subscripts, *arrays))
    assert_gradients(lambda *xs: np.einsum(subscripts, *xs), *arrays)


@pytest.mark.parametrize(
    "a",
    [
        np.array([[1.0, 2.0], [2.0, 4.0]]),
        np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [4.0, 5.0, 7.0]]),
        np.zeros((1, 1)),
        np.array([np.eye(2), np.zeros((2, 2))]),
    ],
)
def test_determinants_of_singular_matrices(a: Any) -> None:
    assert_gradients(np.linalg.det, a, order=2)


def test_equal_eigenvalues_do_not_spoil_what_does_not_depend_on_them() -> None:
    for function in (np.linalg.eigvalsh, np.linalg.svdvals):
        x = Value(np.eye(3))
        function(x).sum().backward()
        np.testing.assert_allclose(x.grad, np.eye(3), atol=1e-15)


def test_symmetric_decompositions_have_symmetric_gradients() -> None:
    for call in (np.linalg.cholesky, lambda a: np.linalg.eigh(a)[1]):
        x = Value(SYMMETRIC)
        (call(x) * drawn(3, 3)).sum().backward()
        np.testing.assert_allclose(x.grad, x.grad.T, rtol=1e-12)


def test_a_batch_is_its_matrices() -> None:
    batch = np.stack([S, S.T + 1, S @ S])
    for call in (np.linalg.inv, np.linalg.det, lambda a: np.linalg.qr(a)[1], np.linalg.svdvals):
        x = Value(batch)
        call(x).sum().backward()
        for one, gradient in zip(batch, x.grad, strict=True):
            single = Value(one)
            call(single).sum().backward()
            np.testing.assert_allclose(gradient, single.grad, rtol=1e-9, atol=1e-12)


def test_multi_dot_takes_the_cheap_order() -> None:
    thin = [Value(drawn(50, 1)), Value(drawn(1, 50)), Value(drawn(50, 1))]
    product = np.linalg.multi_dot(thin)
    assert max(x.size for x in product._inputs) == 50


def test_rank_is_plain_data() -> None:
    assert np.linalg.matrix_rank(Value(S)) == 3


REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "matmul": (lambda: Value(M) @ M, ShapeError, r"matmul.*\(2, 3\).*\(2, 3\)"),
    "matmul scalar": (lambda: Value(M) @ 2.0, ShapeError, "matmul"),
    "vdot": (lambda: np.vdot(Value(M), V), ShapeError, "vdot|matmul"),
    "tensordot": (lambda: np.tensordot(Value(M), N, 2), ShapeError, "tensordot"),
    "cross": (lambda: np.cross(Value(W), W), ShapeError, "cross.*3"),
    "einsum count": (lambda: np.einsum("ij,jk", Value(M)), ShapeError, "einsum"),
    "einsum labels": (lambda: np.einsum("ijk", Value(M)), ShapeError, "einsum"),
    "einsum sizes": (lambda: np.einsum("ij,ij", Value(M), N), ShapeError, "einsum"),
    "einsum dtype": (
        lambda: np.einsum("ij", Value(M), dtype=float),
        NotDifferentiableError,
        "einsum.*dtype",
    ),
    "inv": (lambda: np.linalg.inv(Value(M)), ShapeError, r"inv.*square.*\(2, 3\)"),
    "singular": (lambda: np.linalg.inv(Value(np.zeros((2, 2)))), np.linalg.LinAlgError, "[Ss]ing"),
    "solve": (lambda: np.linalg.solve(Value(S), W), ShapeError, r"solve.*\(2,\)"),
    "cholesky": (lambda: np.linalg.cholesky(Value(-S)), np.linalg.LinAlgError, "positive"),
    "svd full": (lambda: np.linalg.svd(Value(M)), ValueError, "full_matrices=False"),
    "qr": (lambda: np.linalg.qr(Value(M), "raw"), ValueError, "qr.*'raw'"),
    "power": (lambda: np.linalg.matrix_power(Value(M), 2), ShapeError, "square"),
    "multi_dot": (lambda: np.linalg.multi_dot([Value(M)]), ValueError, "two arrays"),
    "eig": (lambda: np.linalg.eig(Value(S)), NotDifferentiableError, "linalg.eig"),
    "lstsq": (lambda: np.linalg.lstsq(Value(S), V), NotDifferentiableError, "linalg.lstsq"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call()
