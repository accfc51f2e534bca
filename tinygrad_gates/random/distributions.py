"""TensorFlow's distributions as functions of a stream and of the numbers of groups.

A group is what one block of four words gives: four numbers of 32 bits or two of 64. Each function
returns a row of results for each group.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinygrad_gates.random.elementary import Float32s, log, sin_cos
from tinygrad_gates.random.streams import BLOCKS_PER_NUMBER, Stream, Words, philox

Distribution: TypeAlias = Callable[[Stream, Words], NDArray[Any]]

BYTES_PER_GROUP = 16

_WORDS_PER_BLOCK = 4
_SHIFT_32 = np.uint64(32)
_MANTISSA_32 = 2**23 - 1
_HIGH_MANTISSA_64 = np.uint64(2**20 - 1)
_SMALLEST_UNIFORM = 1e-7  # in place of what is below it, so that its logarithm is finite
_TRUNCATION = 2.0  # standard deviations


def _interleave(columns: Sequence[NDArray[Any]], dtype: DTypeLike) -> NDArray[Any]:
    rows = np.empty((columns[0].size, len(columns)), dtype)
    for index, column in enumerate(columns):
        rows[:, index] = column
    return rows


def _uniform32(stream: Stream, group: Words) -> NDArray[Any]:
    bits = _interleave(philox(stream, group), np.uint32)
    bits &= np.uint32(_MANTISSA_32)
    bits |= np.float32(1).view(np.uint32)
    numbers = bits.view(np.float32)
    numbers -= np.float32(1)
    return numbers


def _uniform64(stream: Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = philox(stream, group)
    return _interleave((_unit64(x0, x1), _unit64(x2, x3)), np.float64)


def _unit64(high: Words, low: Words) -> NDArray[np.float64]:
    mantissa = ((high & _HIGH_MANTISSA_64) << _SHIFT_32) | low
    return mantissa.astype(np.float64) * 2.0**-52


def _integers32(stream: Stream, group: Words) -> NDArray[Any]:
    return _interleave(philox(stream, group), np.uint64)


def _integers64(stream: Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = philox(stream, group)
    return _interleave((x0 | (x1 << _SHIFT_32), x2 | (x3 << _SHIFT_32)), np.uint64)


def _normal32(stream: Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = philox(stream, group)
    return _interleave((*_box_muller32(x0, x1), *_box_muller32(x2, x3)), np.float32)


def _box_muller32(x0: Words, x1: Words) -> tuple[Float32s, Float32s]:
    u0 = (x0 & np.uint64(_MANTISSA_32)).astype(np.float32) * np.float32(2.0**-23)
    u1 = (x1 & np.uint64(_MANTISSA_32)).astype(np.float64) * 2.0**-23
    # The product with 2 pi is float64, rounded once; every other step is rounded to float32.
    angle = (2 * math.pi * u1).astype(np.float32)
    radius = np.sqrt(np.float32(-2) * log(np.maximum(u0, np.float32(_SMALLEST_UNIFORM))))
    sin, cos = sin_cos(angle)
    sin *= radius
    cos *= radius
    return sin, cos


def _normal64(stream: Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = philox(stream, group)
    radius = np.sqrt(-2 * np.log(np.maximum(_unit64(x0, x1), _SMALLEST_UNIFORM)))
    angle = 2 * math.pi * _unit64(x2, x3)
    return _interleave((np.sin(angle) * radius, np.cos(angle) * radius), np.float64)


def _truncated(normal: Distribution, width: int) -> Distribution:
    """`normal`, in rows of `width`, with what is not within two standard deviations drawn again.

    Each group has blocks of its own, as if it had been drawn alone: a rejection moves the later
    numbers of its own group along and of no other.
    """

    def draw(stream: Stream, group: Words) -> NDArray[Any]:
        block = group * np.uint64(BLOCKS_PER_NUMBER * width // _WORDS_PER_BLOCK)
        results = normal(stream, block)
        short = np.flatnonzero((np.abs(results) >= _TRUNCATION).any(axis=1))
        candidates = results[short]
        while short.size:
            block += np.uint64(1)
            candidates = np.hstack((candidates, normal(stream, block[short])))
            kept = np.abs(candidates) < _TRUNCATION
            rank = np.cumsum(kept, axis=1)
            done = rank[:, -1] >= width
            chosen = candidates[kept & (rank <= width) & done[:, np.newaxis]]
            results[short[done]] = chosen.reshape(-1, width)
            short, candidates = short[~done], candidates[~done]
        return results

    return draw


_F32, _F64, _I32, _I64 = map(np.dtype, ("float32", "float64", "int32", "int64"))

# What each public function can draw. Integers come as unsigned words, to be reduced to a range.
UNIFORM: dict[np.dtype[Any], Distribution] = {
    _F32: _uniform32,
    _F64: _uniform64,
    _I32: _integers32,
    _I64: _integers64,
}
NORMAL: dict[np.dtype[Any], Distribution] = {_F32: _normal32, _F64: _normal64}
TRUNCATED_NORMAL: dict[np.dtype[Any], Distribution] = {
    _F32: _truncated(_normal32, 4),
    _F64: _truncated(_normal64, 2),
}
