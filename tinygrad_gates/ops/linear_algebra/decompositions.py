"""Matrix decompositions. Each row packs its results into one array, which is sliced apart."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.core.primitive import answers, example, primitive, without_gradient
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.linear_algebra.solving import require_square


def _eye(a: Any) -> Any:
    return np.eye(a.shape[-1], dtype=a.dtype)


def _symmetric(x: Any) -> Any:
    return 0.5 * (x + x.mT)


def _gaps(x: Any) -> Any:
    """Return 1 / (x_j - x_i) for each pair of entries, 0 where they are equal."""
    gap = np.expand_dims(x, -2) - np.expand_dims(x, -1)
    return np.where(gap == 0, 0, 1 / np.where(gap == 0, 1, gap))


def _scaled(x: Any, factors: Any) -> Any:
    """Multiply the columns of a matrix."""
    return x * np.expand_dims(factors, -2)


# ------------------------------------------------------------------------ Cholesky


def _cholesky_slope(g: Any, y: Any, a: Any) -> Any:
    # Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527 (2016).
    lower = np.tril(np.ones(a.shape[-2:], a.dtype)) - 0.5 * _eye(a)
    inner = np.linalg.solve(y.mT, (y.mT @ np.tril(g)) * lower)
    return _symmetric(np.linalg.solve(y.mT, inner.mT).mT)


def _positive_definite(a: Any) -> tuple[Any, ...]:
    return (a @ a.mT + 2 * np.eye(np.shape(a)[-2]),)


_cholesky = primitive(
    "cholesky",
    np.linalg.cholesky,
    _cholesky_slope,
    doc="The lower triangle L with L @ L.T equal to a symmetric positive definite matrix.",
    examples=[
        example(s, prepare=_positive_definite) for s in ((3, 3), (1, 1), (2, 2, 2), (0, 2, 2))
    ],
)


@answers(np.linalg.cholesky)
def cholesky(a: Any, *, upper: bool = False) -> Any:
    """Return L, lower triangular, with L @ L.T = a; or, if `upper`, U with U.T @ U = a.

    The gradient is symmetric, as a has to be, although one triangle alone is read.

    Raises:
        numpy.linalg.LinAlgError: if the matrix is not positive definite.

    >>> from tinygrad_gates import Value
    >>> cholesky(Value([[4.0, 0.0], [0.0, 9.0]])).data
    array([[2., 0.],
           [0., 3.]])
    """
    require_square("cholesky", a)
    return _cholesky(np.swapaxes(a, -1, -2)).mT if upper else _cholesky(a)


# ------------------------------------------------------------------------ eigenvalues


class EighResult(NamedTuple):
    """The eigenvalues of symmetric matrices, rising, and their eigenvectors, in columns."""

    eigenvalues: Any
    eigenvectors: Any


def _eigh_packed(a: Any, *, UPLO: str) -> Any:
    w, v = np.linalg.eigh(a, UPLO)  # type: ignore[call-overload]
    return np.concatenate([w[..., None, :], v], axis=-2)


def _eigh_slope(g: Any, y: Any, a: Any, *, UPLO: str) -> Any:
    w, v = y[..., 0, :], y[..., 1:, :]
    turn = _gaps(w) * (v.mT @ g[..., 1:, :])
    return _symmetric(v @ (_eye(a) * np.expand_dims(g[..., 0, :], -2) + turn) @ v.mT)


def _spread_symmetric(a: Any) -> tuple[Any, ...]:
    return (a + a.mT + np.diag(4.0 * np.arange(np.shape(a)[-1])),)


_eigh = primitive(
    "eigh",
    _eigh_packed,
    _eigh_slope,
    doc="The eigenvalues, then the eigenvectors, of a symmetric matrix.",
    domain=[[(-0.9, 0.9)]],
    examples=[
        example(s, prepare=_spread_symmetric, UPLO="L")
        for s in ((3, 3), (1, 1), (2, 2, 2), (0, 2, 2))
    ],
    at_kink="equal eigenvalues: no gradient flows through how their eigenvectors turn",
)


@answers(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> EighResult:
    """Return the eigenvalues of a symmetric matrix, rising, and its eigenvectors, in columns.

    The gradient is symmetric, as a has to be, although one triangle alone is read.

    >>> from tinygrad_gates import Value
    >>> eigh(Value([[3.0, 0.0], [0.0, 1.0]])).eigenvalues.data
    array([1., 3.])
    """
    require_square("eigh", a)
    packed = _eigh(a, UPLO=UPLO)
    return EighResult(packed[..., 0, :], packed[..., 1:, :])


@answers(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """Return the eigenvalues of a symmetric matrix, rising.

    >>> from tinygrad_gates import Value
    >>> eigvalsh(Value([[3.0, 0.0], [0.0, 1.0]])).data
    array([1., 3.])
    """
    return eigh(a, UPLO).eigenvalues


# ------------------------------------------------------------------------ singular values


class SVDResult(NamedTuple):
    """A matrix as U @ diag(S) @ Vh, the singular values S falling."""

    U: Any
    S: Any
    Vh: Any


def _svd_packed(a: Any) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, s[..., None, :], vh.mT], axis=-2)


def _svd_slope(g: Any, y: Any, a: Any) -> Any:
    # Townsend, "Differentiating the singular value decomposition" (2016).
    rows, columns = a.shape[-2:]
    u, s, v = y[..., :rows, :], y[..., rows, :], y[..., rows + 1 :, :]
    gu, gs, gv = g[..., :rows, :], g[..., rows, :], g[..., rows + 1 :, :]
    gaps = _gaps(np.square(s))
    by_u, by_v = u.mT @ gu, v.mT @ gv
    size = np.expand_dims(s, -1)
    inner = _scaled(gaps * (by_u - by_u.mT), s) + size * (gaps * (by_v - by_v.mT))
    inner = inner + np.eye(s.shape[-1], dtype=a.dtype) * np.expand_dims(gs, -2)
    slope = u @ inner @ v.mT
    inverse = np.where(s == 0, 0, 1 / np.where(s == 0, 1, s))
    if rows > columns:
        slope = slope + _scaled(gu - u @ by_u, inverse) @ v.mT
    if columns > rows:
        slope = slope + _scaled(u, inverse) @ (gv - v @ by_v).mT
    return slope


def _spread(a: Any) -> tuple[Any, ...]:
    rows, columns = np.shape(a)[-2:]
    return (a + np.eye(rows, columns) * (3.0 + 3.0 * np.arange(columns)),)


_svd = primitive(
    "svd",
    _svd_packed,
    _svd_slope,
    doc="The left singular vectors, the singular values, and the right singular vectors.",
    domain=[[(-0.9, 0.9)]],
    examples=[
        example(s, prepare=_spread)
        for s in ((3, 3), (3, 2), (2, 3), (1, 1), (2, 2, 2), (2, 3, 2), (0, 2, 2))
    ],
    at_kink="equal singular values: no gradient flows through how their vectors turn",
)


@answers(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Return U, S and Vh with U @ diag(S) @ Vh = a; or, without `compute_uv`, S alone.

    Raises:
        ValueError: for `full_matrices` of matrices that are not square: the vectors beyond
            have no gradient; and for `hermitian`.

    >>> from tinygrad_gates import Value
    >>> svd(Value([[3.0, 0.0], [0.0, 4.0]])).S.data
    array([4., 3.])
    """
    shape = np.shape(a)
    if len(shape) < 2:
        raise ShapeError(f"svd: takes matrices, not shape {shape}")
    if hermitian:
        raise ValueError("svd: hermitian=True has no gradient rule here; leave it out")
    if compute_uv and full_matrices and shape[-1] != shape[-2]:
        raise ValueError(
            f"svd: of matrices of shape {shape[-2:]}, the vectors beyond the smaller side have "
            f"no gradient. Use full_matrices=False."
        )
    packed = _svd(a)
    s = packed[..., shape[-2], :]
    if not compute_uv:
        return s
    return SVDResult(packed[..., : shape[-2], :], s, packed[..., shape[-2] + 1 :, :].mT)


@answers(np.linalg.svdvals)
def svdvals(x: Any) -> Any:
    """Return the singular values of a matrix, falling.

    >>> from tinygrad_gates import Value
    >>> svdvals(Value([[3.0, 0.0], [0.0, 4.0]])).data
    array([4., 3.])
    """
    return svd(x, compute_uv=False)


# ------------------------------------------------------------------------ QR


class QRResult(NamedTuple):
    """A matrix as Q @ R, Q with orthonormal columns and R upper triangular."""

    Q: Any
    R: Any


def _qr_slope(g: Any, y: Any, a: Any) -> Any:
    # Walter and Lehmann, "Algorithmic differentiation of linear algebra functions" (2012).
    rows = a.shape[-2]
    q, r, gq, gr = y[..., :rows, :], y[..., rows:, :], g[..., :rows, :], g[..., rows:, :]
    m = r @ np.triu(gr).mT - gq.mT @ q
    lower = np.tril(m, -1)
    symmetric = lower + lower.mT + m * _eye(a)
    return np.linalg.solve(r, (gq + q @ symmetric).mT).mT


_qr = primitive(
    "qr",
    lambda a: np.concatenate(np.linalg.qr(a), axis=-2),
    _qr_slope,
    doc="Orthonormal columns Q, then the upper triangle R, with Q @ R equal to a tall matrix.",
    domain=[[(-0.9, 0.9)]],
    examples=[example(s, prepare=_spread) for s in ((3, 3), (3, 2), (1, 1), (2, 3, 2), (0, 2, 2))],
    at_kink="columns that depend on each other have no gradient",
)


@answers(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """Return Q and R with Q @ R = a; or, for mode "r", R alone.

    Raises:
        ValueError: for other modes, and "complete" where it is more than "reduced".

    >>> from tinygrad_gates import Value
    >>> np.abs(qr(Value([[3.0, 1.0], [4.0, 1.0]])).R[0]).data
    array([5. , 1.4])
    """
    shape = np.shape(a)
    if len(shape) < 2:
        raise ShapeError(f"qr: takes matrices, not shape {shape}")
    rows, columns = shape[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and rows <= columns):
        raise ValueError(
            f"qr: mode={mode!r} of matrices of shape {(rows, columns)} has no gradient rule "
            f"here. Use 'reduced' or 'r'."
        )
    packed = _qr(a[..., :, : min(rows, columns)])
    q, r = packed[..., :rows, :], packed[..., rows:, :]
    if columns > rows:  # the columns beyond the square are turned along
        r = np.concatenate([r, q.mT @ a[..., :, rows:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)


without_gradient(np.linalg.matrix_rank)
