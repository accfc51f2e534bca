"""Draws that follow from a key and a counter alone: a pair of integers names an array."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_gates.random.distributions import (
    BYTES_PER_GROUP,
    NORMAL,
    TRUNCATED_NORMAL,
    UNIFORM,
    Distribution,
)
from tinygrad_gates.random.streams import Stream

Key = Sequence[int] | NDArray[np.int64]
Draw = Callable[[Key, tuple[int, ...], np.dtype[Any]], NDArray[Any]]


def _drawing(name: str, distributions: dict[np.dtype[Any], Distribution]) -> Draw:
    def draw(key: Key, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        size = int(np.prod(shape, dtype=np.int64))
        width = BYTES_PER_GROUP // dtype.itemsize
        groups = np.arange(-(-size // width), dtype=np.uint64)
        seed, count = map(int, key)
        rows = distributions[dtype](Stream(seed, count, first_block=0), groups)
        return rows.reshape(-1)[:size].reshape(shape)

    draw.__name__ = name
    return draw


uniform = _drawing("uniform", UNIFORM)
normal = _drawing("normal", NORMAL)
truncated_normal = _drawing("truncated_normal", TRUNCATED_NORMAL)
