"""Inverses, linear systems and determinants."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.core.primitive import answers, example, primitive
from tinygrad_gates.errors import ShapeError


def require_square(function: str, a: Any) -> None:
    """Refuse what is not a square matrix, or a batch of them."""
    shape = np.shape(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"{function}: takes square matrices, not shape {shape}")


def well_posed(*matrices: Any) -> tuple[Any, ...]:
    """Add to the first matrix twice the identity's multiple: far from singular, for examples."""
    a, *others = matrices
    return (a + 4 * np.eye(np.shape(a)[-1]), *others)


# ------------------------------------------------------------------------ inverses

_inv = primitive(
    "inv",
    np.linalg.inv,
    lambda g, y, a: -(y.mT @ g @ y.mT),
    doc="The inverse of a square matrix.",
    symbol="inv",
    examples=[
        example(shape, prepare=well_posed) for shape in ((3, 3), (1, 1), (2, 2, 2), (0, 2, 2))
    ],
)


@answers(np.linalg.inv)
def inv(a: Any) -> Any:
    """Return the inverse of a square matrix.

    Raises:
        ShapeError: if it is not square.
        numpy.linalg.LinAlgError: if it is singular.

    >>> from tinygrad_gates import Value
    >>> inv(Value([[2.0, 0.0], [0.0, 4.0]])).data
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    require_square("inv", a)
    return _inv(a)


def _pinv_slope(g: Any, y: Any, a: Any, *, rcond: Any) -> Any:
    # Golub and Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares
    # problems whose variables separate", SIAM J. Numer. Anal. 10 (1973), transposed.
    rows, columns = a.shape[-2:]
    outside = np.eye(rows, dtype=a.dtype) - a @ y
    inside = np.eye(columns, dtype=a.dtype) - y @ a
    return -(y.mT @ g @ y.mT) + outside @ g.mT @ (y @ y.mT) + (y.mT @ y) @ g.mT @ inside


_pinv = primitive(
    "pinv",
    lambda a, *, rcond: np.linalg.pinv(a, rcond=rcond),
    _pinv_slope,
    doc="The Moore-Penrose inverse of a matrix.",
    domain=[[(0.2, 2.0)]],
    examples=[
        example(shape, prepare=lambda a: (_graded(a),), rcond=None)
        for shape in ((3, 2), (2, 3), (2, 2), (2, 3, 2))
    ],
    at_kink="where the rank changes, the derivative within the rank",
)


def _graded(a: Any) -> Any:
    """Add what makes any matrix have full rank, for examples."""
    return a + 3 * np.eye(*np.shape(a)[-2:])


@answers(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False) -> Any:
    """Return the Moore-Penrose inverse of a matrix.

    Args:
        rcond: singular values below this fraction of the largest count as 0.

    >>> from tinygrad_gates import Value
    >>> pinv(Value([[2.0], [0.0]])).data
    array([[0.5, 0. ]])
    """
    if hermitian:
        raise ValueError("pinv: hermitian=True has no gradient rule here; leave it out")
    return _pinv(a, rcond=rcond)


# ------------------------------------------------------------------------ systems


def _to_matrix(g: Any, y: Any, a: Any, b: Any) -> Any:
    return -(np.linalg.solve(a.mT, g) @ y.mT)


_solve = primitive(
    "solve",
    np.linalg.solve,
    _to_matrix,
    lambda g, y, a, b: np.linalg.solve(a.mT, g),
    doc="The matrix x with a @ x = b.",
    examples=[
        example((3, 3), (3, 2), prepare=well_posed),
        example((2, 2, 2), (2, 2, 1), prepare=well_posed),
        example((2, 2), (3, 2, 1), prepare=well_posed),
        example((3, 2, 2), (2, 2), prepare=well_posed),
        example((0, 2, 2), (2, 1), prepare=well_posed),
    ],
)


@answers(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """Solve a @ x = b for x, where b is one vector, or a matrix of columns.

    Raises:
        ShapeError: if a is not square, or b does not fit it.
        numpy.linalg.LinAlgError: if a is singular.

    >>> from tinygrad_gates import Value
    >>> solve(Value([[2.0, 0.0], [0.0, 4.0]]), np.array([2.0, 2.0])).data
    array([1. , 0.5])
    """
    require_square("solve", a)
    vector = np.ndim(b) == 1
    columns = np.expand_dims(b, -1) if vector else b
    if np.ndim(columns) < 2 or np.shape(columns)[-2] != np.shape(a)[-1]:
        raise ShapeError(f"solve: b of shape {np.shape(b)} does not fit a of {np.shape(a)}")
    x = _solve(a, columns)
    return x[..., 0] if vector else x


# ------------------------------------------------------------------------ determinants


def _cofactors(a: Any, y: Any) -> Any:
    """Return the derivative of the determinant by each entry."""
    if np.all(np.not_equal(y, 0)):
        return np.expand_dims(y, (-2, -1)) * np.linalg.inv(a).mT
    # Of a singular matrix: the determinants of what is left without the entry's row and column.
    size = a.shape[-1]
    rest = np.array([[j for j in range(size) if j != i] for i in range(size)], int)
    rest = rest.reshape(size, max(size - 1, 0))
    minors = a[..., rest[:, None, :, None], rest[None, :, None, :]]
    signs = (-1.0) ** np.add.outer(np.arange(size), np.arange(size))
    return np.linalg.det(minors) * signs.astype(a.dtype)


_det = primitive(
    "det",
    np.linalg.det,
    lambda g, y, a: np.expand_dims(g, (-2, -1)) * _cofactors(a, y),
    doc="The determinant of a square matrix.",
    examples=[example(s, prepare=well_posed) for s in ((3, 3), (1, 1), (2, 2, 2), (0, 2, 2))],
)


@answers(np.linalg.det)
def det(a: Any) -> Any:
    """Return the determinant of a square matrix; its gradient is right where that is 0, too.

    >>> from tinygrad_gates import Value
    >>> x = Value([[1.0, 2.0], [2.0, 4.0]])
    >>> det(x).backward()
    >>> x.grad
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    require_square("det", a)
    return _det(a)


class SlogdetResult(NamedTuple):
    """The sign of a determinant, and the logarithm of its size."""

    sign: Any
    logabsdet: Any


_slogdet = primitive(
    "slogdet",
    lambda a: np.stack(np.linalg.slogdet(a), axis=-1),
    lambda g, y, a: np.expand_dims(g[..., 1], (-2, -1)) * np.linalg.inv(a).mT,
    doc="The sign of the determinant, and the logarithm of its size.",
    examples=[example(s, prepare=well_posed) for s in ((3, 3), (1, 1), (2, 2, 2), (0, 2, 2))],
)


@answers(np.linalg.slogdet)
def slogdet(a: Any) -> SlogdetResult:
    """Return the sign of the determinant and the logarithm of its size, without overflow.

    >>> from tinygrad_gates import Value
    >>> slogdet(Value([[2.0, 0.0], [0.0, -1.0]])).logabsdet.item()
    0.6931471805599453
    """
    require_square("slogdet", a)
    packed = _slogdet(a)
    return SlogdetResult(packed[..., 0], packed[..., 1])
