"""`keras.ops.linalg`: matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.ops.calling import operation, over, tensor, tensors
from tinygrad_gates.transforms import jvp as _jvp


def _of_matrices(name: str) -> Callable[..., Any]:
    function = getattr(np.linalg, name)

    def called(x: Any) -> Any:
        return function(_square(tensor(x, floating=True), name))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `np.linalg.{name}` of each matrix; raises `ShapeError` for others."
    return operation(called)


def _square(x: Any, name: str) -> Any:
    if np.ndim(x) < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"{name}: square matrices are needed, and x has shape {np.shape(x)}.")
    return x


@operation
def cholesky(x: Any, upper: bool = False) -> Any:
    """Return the triangular L with L @ L.T = x; its transpose if `upper`.

    >>> cholesky([[4.0]])
    Value(data=[[2.]])
    """
    lower = np.linalg.cholesky(_square(tensor(x, floating=True), "cholesky"))
    return np.swapaxes(lower, -1, -2) if upper else lower


@operation
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """Return the inverse of the matrix whose `cholesky` is x."""
    inverse = np.linalg.inv(_square(tensor(x, floating=True), "cholesky_inverse"))
    turned = np.swapaxes(inverse, -1, -2)
    return inverse @ turned if upper else turned @ inverse


@operation
def eigh(x: Any) -> tuple[Any, Any]:
    """Return the eigenvalues of symmetric matrices, and the eigenvectors as columns."""
    values, vectors = np.linalg.eigh(_square(tensor(x, floating=True), "eigh"))
    return values, vectors


@operation
def logdet(x: Any) -> Any:
    """Return the logarithm of the determinants of positive definite matrices."""
    return np.linalg.slogdet(_square(tensor(x, floating=True), "logdet"))[1]


@operation
def slogdet(x: Any) -> tuple[Any, Any]:
    """Return the signs of determinants, and the logarithms of their sizes."""
    return tuple(np.linalg.slogdet(_square(tensor(x, floating=True), "slogdet")))


@operation
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """Return the x, shortest of all, that brings a @ x closest to b.

    >>> lstsq([[2.0]], [4.0])
    Value(data=[2.])
    """
    a, b = tensors(a, b, floating=True)
    inverse = np.linalg.pinv(a) if rcond is None else np.linalg.pinv(a, rcond)
    return inverse @ b


@operation
def matrix_rank(x: Any, tol: float | None = None) -> Any:
    """Return the number of rows that do not follow from others."""
    return np.int32(1) * np.linalg.matrix_rank(tensor(x, floating=True), tol)


@operation
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return a norm of vectors or matrices: see `np.linalg.norm`.

    >>> float(norm(np.array([3.0, 4.0])))
    5.0
    """
    return np.linalg.norm(tensor(x, floating=True), ord, over(axis), keepdims)


@operation
def pinv(x: Any, rcond: float | None = None) -> Any:
    """Return the pseudo-inverse of each matrix."""
    x = tensor(x, floating=True)
    return np.linalg.pinv(x) if rcond is None else np.linalg.pinv(x, rcond)


@operation
def qr(x: Any, mode: str = "reduced") -> tuple[Any, Any]:
    """Return an orthogonal and an upper triangular matrix whose product is x.

    Raises `ValueError` for a mode that is neither "reduced" nor "complete".
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode={mode!r} has to be 'reduced' or 'complete'.")
    return tuple(np.linalg.qr(tensor(x, floating=True), mode))  # type: ignore[call-overload]


@operation
def solve(a: Any, b: Any) -> Any:
    """Return the x with a @ x = b; raises `ShapeError` unless a is square.

    >>> solve([[2.0]], [4.0])
    Value(data=[2.])
    """
    a, b = tensors(a, b, floating=True)
    return np.linalg.solve(_square(a, "solve"), b)


@operation
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """Return the x with a @ x = b, of the upper (or lower) triangle of a alone."""
    a, b = tensors(a, b, floating=True)
    a = _square(a, "solve_triangular")
    return np.linalg.solve(np.tril(a) if lower else np.triu(a), b)


@operation
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return u, s and v with x = u * s @ v; s alone without `compute_uv`."""
    x = tensor(x, floating=True)
    if not compute_uv:
        return np.linalg.svdvals(x)
    return tuple(np.linalg.svd(x, full_matrices))


def jvp(fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """Return a function's result, and how it changes along directions.

    Raises `ValueError` for has_aux=True.

    >>> result, slope = jvp(lambda x: x * x, (3.0,), (1.0,))
    >>> float(result), float(slope)
    (9.0, 6.0)
    """
    if has_aux:
        raise ValueError("jvp: has_aux=True is not supported.")
    return _jvp(fun, tuple(primals), tuple(tangents))


FUNCTIONS: dict[str, Callable[..., Any]] = {name: _of_matrices(name) for name in ("det", "inv")}
"""The functions of the tables, by name."""
globals().update(FUNCTIONS)
