"""NumPy functions on Values beside PyTorch's, to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, gradients, ops

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.parity

RNG = np.random.default_rng(3)


def drawn(*shape: int) -> Any:
    return RNG.permutation(np.linspace(0.3, 1.9, int(np.prod(shape)))).reshape(shape)


M, N, V, T = drawn(3, 4), drawn(4, 2), drawn(4), drawn(2, 3, 4)
S = drawn(3, 3) + 4 * np.eye(3)
P = S @ S.T
CLASSES = np.array([1, 0, 3])
FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]] = {
    "var": (lambda x: np.var(x, axis=1, ddof=1), lambda x: torch.var(x, 1), (M,)),
    "std": (lambda x: np.std(x, axis=(0, 2)), lambda x: torch.std(x, (0, 2), correction=0), (T,)),
    "prod": (lambda x: np.prod(x, axis=1), lambda x: torch.prod(x, 1), (M,)),
    "prod with zeros": (
        lambda x: np.prod(x * np.array([1, 0, 1, 1.0]), axis=1),
        lambda x: torch.prod(x * torch.tensor([1, 0, 1, 1.0], dtype=float), 1),
        (M,),
    ),
    "cumprod": (lambda x: np.cumprod(x, axis=0), lambda x: torch.cumprod(x, 0), (M,)),
    "max": (lambda x: np.max(x, axis=1), lambda x: torch.max(x, 1).values, (M,)),
    "median": (lambda x: np.median(x, axis=-1), lambda x: torch.quantile(x, 0.5, -1), (M,)),
    "norm": (np.linalg.norm, torch.linalg.norm, (M,)),
    "norm 3": (lambda x: np.linalg.norm(x, 3, 1), lambda x: torch.linalg.norm(x, 3, 1), (M,)),
    "norm nuc": (lambda x: np.linalg.norm(x, "nuc"), lambda x: torch.linalg.norm(x, "nuc"), (M,)),
    "norm 2": (lambda x: np.linalg.norm(x, 2), lambda x: torch.linalg.norm(x, 2), (M,)),
    "diff": (lambda x: np.diff(x, 2), lambda x: torch.diff(x, 2), (M,)),
    "trapezoid": (np.trapezoid, torch.trapezoid, (M, V)),
    "logsumexp": (lambda x: ops.logsumexp(x, 1), lambda x: torch.logsumexp(x, 1), (M,)),
    "sort": (lambda x: np.sort(x, axis=0), lambda x: torch.sort(x, 0).values, (M,)),
    "roll": (lambda x: np.roll(x, 2, 1), lambda x: torch.roll(x, 2, 1), (M,)),
    "rot90": (np.rot90, torch.rot90, (M,)),
    "tile": (lambda x: np.tile(x, (2, 3)), lambda x: torch.tile(x, (2, 3)), (M,)),
    "repeat": (
        lambda x: np.repeat(x, [1, 0, 2], 0),
        lambda x: torch.repeat_interleave(x, torch.tensor([1, 0, 2]), 0),
        (M,),
    ),
    "pad": (
        lambda x: np.pad(x, ((1, 0), (2, 1))),
        lambda x: torch.nn.functional.pad(x, (2, 1, 1, 0)),
        (M,),
    ),
    "tril": (lambda x: np.tril(x, -1), lambda x: torch.tril(x, -1), (M,)),
    "diagonal": (lambda x: np.diagonal(x, 1, 0, 2), lambda x: torch.diagonal(x, 1, 0, 2), (T,)),
    "take_along_axis": (
        lambda x: np.take_along_axis(x, CLASSES[:, None], 1),
        lambda x: torch.take_along_dim(x, torch.tensor(CLASSES)[:, None], 1),
        (M,),
    ),
    "index arrays": (lambda x: x[[1, 0, 1], :, [1, 1, 3]], None, (T,)),
    "repeated indices": (lambda x: x[[0, 2, 0, 0]] ** 2, None, (M,)),
    "boolean index": (lambda x: x[np.array([True, False, True])], None, (M,)),
    "stack": (lambda x, y: np.stack([x, y], -1), lambda x, y: torch.stack([x, y], -1), (M, M)),
    "concatenate": (
        lambda x, y: np.concatenate([x, y.T, x], 1),
        lambda x, y: torch.cat([x, y.T, x], 1),
        (drawn(2, 2), N),
    ),
    "where": (
        lambda x, y: np.where(CLASSES[:, None] > 0, x, y),
        lambda x, y: torch.where(torch.tensor(CLASSES)[:, None] > 0, x, y),
        (M, V),
    ),
    "clip": (lambda x: np.clip(x, 0.5, 1.2), lambda x: torch.clip(x, 0.5, 1.2), (M,)),
    "matmul": (np.matmul, torch.matmul, (T, N)),
    "tensordot": (np.tensordot, lambda a, b: torch.tensordot(a, b, 2), (T, M)),
    "einsum": (
        lambda a, b, c: np.einsum("bij,jk,j->ki", a, b, c),
        lambda a, b, c: torch.einsum("bij,jk,j->ki", a, b, c),
        (T, N, V),
    ),
    "kron": (np.kron, torch.kron, (M, N)),
    "cross": (np.cross, torch.linalg.cross, (S, P)),
    "inv": (np.linalg.inv, torch.linalg.inv, (S,)),
    "pinv": (np.linalg.pinv, torch.linalg.pinv, (M,)),
    "solve": (np.linalg.solve, torch.linalg.solve, (S, P)),
    "det": (np.linalg.det, torch.linalg.det, (S,)),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], lambda a: torch.linalg.slogdet(a)[1], (S,)),
    "cholesky": (
        lambda a: np.linalg.cholesky(a @ a.T),
        lambda a: torch.linalg.cholesky(a @ a.T),
        (S,),
    ),
    "eigvalsh": (
        lambda a: np.linalg.eigvalsh(a + a.T),
        lambda a: torch.linalg.eigvalsh(a + a.T),
        (P,),
    ),
    "eigenvectors": (
        lambda a: np.linalg.eigh(a + a.T)[1] ** 2,
        lambda a: torch.linalg.eigh(a + a.T)[1] ** 2,
        (P,),
    ),
    "svdvals": (np.linalg.svdvals, torch.linalg.svdvals, (M,)),
    "singular vectors": (
        lambda a: np.linalg.svd(a, full_matrices=False)[0] ** 2,
        lambda a: torch.linalg.svd(a, full_matrices=False)[0] ** 2,
        (M,),
    ),
    "qr": (lambda a: np.linalg.qr(a)[1] ** 2, lambda a: torch.linalg.qr(a)[1] ** 2, (M.T.copy(),)),
    "matrix_power": (
        lambda a: np.linalg.matrix_power(a, 3),
        lambda a: torch.linalg.matrix_power(a, 3),
        (S,),
    ),
    "softmax": (lambda x: ops.softmax(x), lambda x: torch.softmax(x, -1), (M,)),
    "log_softmax": (lambda x: ops.log_softmax(x, 0), lambda x: torch.log_softmax(x, 0), (M,)),
    "gelu": (ops.gelu, torch.nn.functional.gelu, (M,)),
    "gelu, tanh": (
        lambda x: ops.gelu(x, approximate=True),
        lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
        (M,),
    ),
    "cross_entropy": (
        lambda x: ops.cross_entropy(x, CLASSES),
        lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(CLASSES), reduction="none"),
        (M,),
    ),
    "binary_cross_entropy": (
        lambda x: ops.binary_cross_entropy(x, np.full((3, 4), 0.3)),
        lambda x: torch.nn.functional.binary_cross_entropy_with_logits(
            x, torch.full((3, 4), 0.3, dtype=float), reduction="none"
        ),
        (M,),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_derivatives_to_second_order(name: str) -> None:
    ours, theirs, arrays = FUNCTIONS[name]
    mine = [Value(x) for x in arrays]
    y = ours(*mine)
    weights = np.cos(np.arange(y.size)).reshape(y.shape)
    first = gradients((y * y * weights).sum(), mine, create_graph=True)
    second = gradients(sum((np.sin(g) * g).sum() for g in first), mine)

    other = [torch.tensor(x, requires_grad=True) for x in arrays]
    z = (theirs or ours)(*other)
    their_first = torch.autograd.grad(
        (z * z * torch.tensor(weights)).sum(), other, create_graph=True
    )
    total = sum((torch.sin(g) * g).sum() for g in their_first)
    their_second = (
        torch.autograd.grad(total, other, materialize_grads=True)
        if total.requires_grad
        else [torch.zeros_like(x) for x in other]
    )
    pairs = [(y.data, z), *((g.data, h) for g, h in zip(first, their_first, strict=True))]
    for a, b in [*pairs, *zip(second, their_second, strict=True)]:
        np.testing.assert_allclose(a, b.numpy(force=True), rtol=1e-7, atol=1e-9)
