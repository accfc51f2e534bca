"""Products of many matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answers
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.ops.linear_algebra.matmul import matmul
from tinygrad_gates.ops.linear_algebra.solving import require_square


@answers(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Multiply a square matrix n times with itself; of a negative n, its inverse.

    Raises:
        ShapeError: if the matrix is not square.

    >>> from tinygrad_gates import Value
    >>> matrix_power(Value([[1.0, 1.0], [0.0, 1.0]]), 5).data
    array([[1., 5.],
           [0., 1.]])
    """
    require_square("matrix_power", a)
    if n == 0:
        return np.zeros_like(a) + np.eye(np.shape(a)[-1], dtype=np.result_type(a))
    square = np.linalg.inv(a) if n < 0 else a
    n, result = abs(n), None
    while n:
        if n % 2:
            result = square if result is None else matmul(result, square)
        n //= 2
        if n:
            square = matmul(square, square)
    return result


@answers(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any]) -> Any:
    """Multiply matrices in the order that takes the fewest multiplications.

    The first and the last may be vectors. (Cormen et al., "Introduction to Algorithms",
    matrix-chain multiplication.)

    >>> from tinygrad_gates import Value
    >>> multi_dot([Value([1.0, 2.0]), np.eye(2), np.array([[3.0], [4.0]])]).data
    array([11.])
    """
    if len(arrays) < 2:
        raise ValueError(f"multi_dot: takes two arrays or more, not {len(arrays)}")
    shapes = [np.shape(x) for x in arrays]
    if any(len(s) != 2 for s in shapes[1:-1]) or any(len(s) not in (1, 2) for s in shapes):
        raise ShapeError(f"multi_dot: takes matrices, vectors at the ends, not shapes {shapes}")
    sizes = [1 if len(shapes[0]) == 1 else shapes[0][0]]
    sizes += [s[0] for s in shapes[1:]]
    sizes.append(1 if len(shapes[-1]) == 1 else shapes[-1][1])
    return _multiplied(arrays, _best_splits(sizes), 0, len(arrays) - 1)


def _best_splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Return where to split each run of factors, whose heights and last width are `sizes`."""
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    splits = {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            cost[first, last], splits[first, last] = min(
                (
                    cost[first, k]
                    + cost[k + 1, last]
                    + sizes[first] * sizes[k + 1] * sizes[last + 1],
                    k,
                )
                for k in range(first, last)
            )
    return splits


def _multiplied(
    arrays: Sequence[Any], splits: dict[tuple[int, int], int], first: int, last: int
) -> Any:
    if first == last:
        return arrays[first]
    k = splits[first, last]
    return matmul(_multiplied(arrays, splits, first, k), _multiplied(arrays, splits, k + 1, last))
