"""The matrix product, which most of a network's time is spent in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import example, primitive
from tinygrad_gates.errors import ShapeError


def _forward(a: Any, b: Any) -> Any:
    try:
        return np.matmul(a, b)
    except ValueError:
        raise _mismatch("matmul", a, b) from None


def _mismatch(function: str, a: Any, b: Any) -> ShapeError:
    left, right = np.shape(a), np.shape(b)
    if not left or not right:
        reason = "a scalar is no matrix: multiply by it with *"
    elif left[-1] != right[-2:][0]:
        reason = f"{left[-1]} columns meet {right[-2:][0]} rows"
    else:
        reason = f"the axes {left[:-2]} and {right[:-2]} before the matrices do not broadcast"
    return ShapeError(f"{function}: shapes {left} and {right} do not fit: {reason}")


def _left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 2 and a.ndim > 1:
        return g @ b.T
    if b.ndim == 1:
        return g * b if a.ndim == 1 else np.expand_dims(g, -1) * b
    if a.ndim == 1:
        return (b @ np.expand_dims(g, -1))[..., 0]
    return g @ b.swapaxes(-1, -2)


def _right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 2 and b.ndim < 3:
        return a.T @ g
    if a.ndim == 1:
        return g * a if b.ndim == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if b.ndim < 3:
        # One product that also sums over the batch, not a product for each and then a sum.
        rows = math.prod(a.shape[:-1])
        return a.reshape(rows, a.shape[-1]).T @ g.reshape(rows, *b.shape[1:])
    return a.swapaxes(-1, -2) @ g


matmul = primitive(
    "matmul",
    _forward,
    _left,
    _right,
    doc="The matrix product, over the leading axes as a batch.",
    symbol="@",
    examples=[
        example((2, 3), (3, 4)),
        example((2, 3), (3,)),
        example((3,), (3, 2)),
        example((3,), (3,)),
        example((2, 2, 3), (3, 2)),
        example((2, 2, 3), (3,)),
        example((3,), (2, 3, 2)),
        example((2, 3), (2, 3, 2)),
        example((2, 2, 3), (2, 3, 2)),
        example((2, 1, 2, 2), (3, 2, 1)),
        example((2, 0), (0, 3)),
        example((0, 2), (2, 3)),
        example((0, 2, 3), (3, 2)),
        example((2, 2, 0), (0, 2)),
        example((2, 2, 0), (0,)),
    ],
    numpy=[np.matmul],
    operator="matmul",
)
