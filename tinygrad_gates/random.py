"""Random draws from TensorFlow's own streams, bit for bit.

Words come from the counter-based generator Philox4x32-10 (Salmon et al., "Parallel random
numbers: as easy as 1, 2, 3", SC 2011). Seeds are combined as in TensorFlow's eager mode:

- the key of a stream is the global seed, the upper half of its counter the operation's seed,
  both reduced modulo 2**31 - 1; the lower half of the counter numbers blocks of four words;
- a call without its own `seed` draws one from a `random.Random` that `set_seed` started;
- calls with the same `seed`, function and dtype go on along one stream until `set_seed`.

float32 and integer draws have TensorFlow's bits as it computes them on Linux. float64 normals
follow the same algorithm and agree to two units in the last place, since there the sine, cosine
and logarithm are NumPy's.
"""

import math
import operator
import secrets
from collections.abc import Callable, Sequence
from random import Random
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["next_seed", "normal", "set_seed", "truncated_normal", "uniform"]

Shape: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]
Words: TypeAlias = NDArray[np.uint64]
Float32s: TypeAlias = NDArray[np.float32]
Float64s: TypeAlias = NDArray[np.float64]

# Seeds


class _Stream(NamedTuple):
    """Where to read: the key, the upper half of the counter, and the first block's number."""

    key: int
    operation_seed: int
    first_block: int


_MODULUS = 2**31 - 1
_SEED_WITHOUT_GLOBAL = 87654321
# TensorFlow sets aside this many blocks for each number drawn, whatever the draw consumes.
_BLOCKS_PER_NUMBER = 256


class _Seeds:
    """The global seed, the operation seeds that follow from it, and the streams read so far."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._global_seed: int | None = None
        self._operation_seeds = Random()
        self._next_block: dict[tuple[str, int, int], int] = {}

    def restart(self, seed: int | None) -> None:
        with self._lock:
            self._global_seed = seed
            self._operation_seeds = Random(seed)
            self._next_block.clear()

    def next_operation_seed(self) -> int:
        with self._lock:
            return self._draw_operation_seed()

    def _draw_operation_seed(self) -> int:
        if self._global_seed is None:
            return secrets.randbelow(_MODULUS)
        return self._operation_seeds.randint(0, _MODULUS)

    def reserve(self, kernel: str, seed: int | None, numbers: int) -> _Stream:
        """Take `numbers` numbers off the stream that `seed` names for `kernel`."""
        with self._lock:
            if seed is None and self._global_seed is None:
                return _Stream(secrets.randbits(64), secrets.randbits(64), 0)
            key, operation_seed = self._pair(seed)
            name = (kernel, key, operation_seed)
            first = self._next_block.get(name, 0)
            # A seed drawn here serves one call: remembering each would grow without bound.
            if seed is not None:
                self._next_block[name] = first + _BLOCKS_PER_NUMBER * numbers
            return _Stream(key, operation_seed, first)

    def _pair(self, seed: int | None) -> tuple[int, int]:
        key = _SEED_WITHOUT_GLOBAL if self._global_seed is None else self._global_seed
        operation_seed = self._draw_operation_seed() if seed is None else seed
        pair = key % _MODULUS, operation_seed % _MODULUS
        # Kernels read the pair (0, 0) as "no seed", so TensorFlow puts another in its place.
        return pair if any(pair) else (0, _MODULUS)


_seeds = _Seeds()

# Words

_ROUNDS = 10
_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_LOW_32 = np.uint64(0xFFFFFFFF)
_SHIFT_32 = np.uint64(32)


def _philox(stream: _Stream, block: Words) -> tuple[Words, Words, Words, Words]:
    """The four words (each below 2**32) of every block, numbered from the stream's first.

    Each 32-bit word lies in a 64-bit integer, where a product of two words fits.
    """
    # The carry out of the lower half of the counter is left out: it would take 2**56 numbers.
    block = block + np.uint64(stream.first_block % 2**64)
    x0, x1 = block & _LOW_32, block >> _SHIFT_32
    x2 = np.full_like(block, stream.operation_seed & 0xFFFFFFFF)
    x3 = np.full_like(block, stream.operation_seed >> 32)
    key = [stream.key & 0xFFFFFFFF, stream.key >> 32]
    product0, product2 = np.empty_like(block), np.empty_like(block)
    for _ in range(_ROUNDS):
        np.multiply(x0, _MULTIPLIERS[0], out=product0)
        np.multiply(x2, _MULTIPLIERS[1], out=product2)
        np.right_shift(product2, _SHIFT_32, out=x0)
        x0 ^= x1
        x0 ^= np.uint64(key[0])
        np.right_shift(product0, _SHIFT_32, out=x2)
        x2 ^= x3
        x2 ^= np.uint64(key[1])
        np.bitwise_and(product2, _LOW_32, out=x1)
        np.bitwise_and(product0, _LOW_32, out=x3)
        key = [(k + step) & 0xFFFFFFFF for k, step in zip(key, _KEY_STEPS, strict=True)]
    return x0, x1, x2, x3


def _interleave(columns: Sequence[NDArray[Any]], dtype: DTypeLike) -> NDArray[Any]:
    rows = np.empty((columns[0].size, len(columns)), dtype)
    for index, column in enumerate(columns):
        rows[:, index] = column
    return rows


# Elementary functions in float32
#
# TensorFlow calls the C library's logf and sincosf. Those are not correctly rounded: 0.7 % of
# the logarithms and 1.3 % of the sines differ from the nearest float32 in the last bit. So the
# approximations of glibc since 2.28 (from ARM's Optimized Routines) are evaluated here, in
# float64 and with their coefficients. The arguments have 23 random bits, so that all of them can
# be, and are, compared: not one result differs, with or without fused multiply-adds.

_LOG_RECIPROCALS = np.array(
    [
        float.fromhex(digits)
        for digits in (
            "0x1.661ec79f8f3bep+0 0x1.571ed4aaf883dp+0 0x1.49539f0f010bp+0 0x1.3c995b0b80385p+0 "
            "0x1.30d190c8864a5p+0 0x1.25e227b0b8eap+0 0x1.1bb4a4a1a343fp+0 0x1.12358f08ae5bap+0 "
            "0x1.0953f419900a7p+0 0x1p+0 0x1.e608cfd9a47acp-1 0x1.ca4b31f026aap-1 "
            "0x1.b2036576afce6p-1 0x1.9c2d163a1aa2dp-1 0x1.886e6037841edp-1 0x1.767dcf5534862p-1"
        ).split()
    ]
)
_LOG_OFFSETS = np.array([-math.log(reciprocal) for reciprocal in _LOG_RECIPROCALS])
_LOG_2, _LOG_3, _LOG_4 = map(
    float.fromhex, ("-0x1.ffffef20a4123p-2", "0x1.5575b0be00b6ap-2", "-0x1.00ea348b88334p-2")
)
_SIN_3, _SIN_5, _SIN_7 = map(
    float.fromhex, ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")
)
_COS_2, _COS_4, _COS_6, _COS_8 = map(
    float.fromhex,
    (
        "-0x1.ffffffd0c621cp-2",
        "0x1.55553e1068f19p-5",
        "-0x1.6c087e89a359dp-10",
        "0x1.99343027bf8c3p-16",
    ),
)
_BITS_OF_LOWEST_SIGNIFICAND = 0x3F330000  # of 0.69921875: significands lie from it to its double


def _log32(x: Float32s) -> Float32s:
    """The natural logarithm of positive normal numbers, with glibc's bits."""
    bits = x.view(np.int32)
    above = bits - _BITS_OF_LOWEST_SIGNIFICAND
    exponent = above >> 23
    interval = (above >> 19) & 15
    significand = (bits - (exponent << 23)).view(np.float32).astype(np.float64)
    r = significand * _LOG_RECIPROCALS[interval] - 1
    square = r * r
    tail = (_LOG_4 * square + (_LOG_3 * r + _LOG_2)) * square
    result = tail + (_LOG_OFFSETS[interval] + exponent * math.log(2) + r)
    return result.astype(np.float32)


def _sin_cos32(angle: Float32s) -> tuple[Float32s, Float32s]:
    """Sine and cosine of angles within one turn, with glibc's bits."""
    wide = angle.astype(np.float64)
    quarters = np.rint(wide * (2 / math.pi))
    x = wide - quarters * (math.pi / 2)
    square = x * x
    fourth = square * square
    sine = x + square * x * (_SIN_3 + square * (_SIN_5 + square * _SIN_7))
    cosine = (1 + square * _COS_2) + fourth * (_COS_4 + square * (_COS_6 + square * _COS_8))
    quadrant = quarters.astype(np.int8)
    swapped = (quadrant & 1).astype(bool)
    sin = np.where(swapped, cosine, sine).astype(np.float32)
    cos = np.where(swapped, sine, cosine).astype(np.float32)
    np.negative(sin, out=sin, where=(quadrant & 2).astype(bool))
    np.negative(cos, out=cos, where=((quadrant + 1) & 2).astype(bool))
    return sin, cos


# Distributions: functions of a stream and of the numbers of groups; a row of results a group

_Distribution: TypeAlias = Callable[[_Stream, Words], NDArray[Any]]

_MANTISSA_32 = 2**23 - 1
_SMALLEST_UNIFORM = 1e-7  # in place of what is below it, so that its logarithm is finite
_TRUNCATION = 2.0  # standard deviations


def _uniform32(stream: _Stream, group: Words) -> NDArray[Any]:
    bits: NDArray[np.uint32] = _interleave(_philox(stream, group), np.uint32)
    bits &= np.uint32(_MANTISSA_32)
    bits |= np.float32(1).view(np.uint32)
    return bits.view(np.float32) - np.float32(1)


def _uniform64(stream: _Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = _philox(stream, group)
    return _interleave((_unit64(x0, x1), _unit64(x2, x3)), np.float64)


def _unit64(high: Words, low: Words) -> Float64s:
    mantissa = ((high & np.uint64(2**20 - 1)) << _SHIFT_32) | low
    return mantissa.astype(np.float64) * 2.0**-52


def _normal32(stream: _Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = _philox(stream, group)
    return _interleave((*_box_muller32(x0, x1), *_box_muller32(x2, x3)), np.float32)


def _box_muller32(x0: Words, x1: Words) -> tuple[Float32s, Float32s]:
    u0 = (x0 & np.uint64(_MANTISSA_32)).astype(np.float32) * np.float32(2.0**-23)
    u1 = (x1 & np.uint64(_MANTISSA_32)).astype(np.float64) * 2.0**-23
    # The product with 2 pi is rounded from float64; all that follows is float32 at each step.
    angle = (2 * math.pi * u1).astype(np.float32)
    radius = np.sqrt(np.float32(-2) * _log32(np.maximum(u0, np.float32(_SMALLEST_UNIFORM))))
    sin, cos = _sin_cos32(angle)
    return sin * radius, cos * radius


def _normal64(stream: _Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = _philox(stream, group)
    radius = np.sqrt(-2 * np.log(np.maximum(_unit64(x0, x1), _SMALLEST_UNIFORM)))
    angle = 2 * math.pi * _unit64(x2, x3)
    return _interleave((np.sin(angle) * radius, np.cos(angle) * radius), np.float64)


def _truncated(normal: _Distribution) -> _Distribution:
    """`normal` with what lies two or more standard deviations out drawn again.

    Each group of results has blocks of its own, as if it had been drawn alone: a rejection moves
    its own later numbers along and no other group's.
    """

    def draw(stream: _Stream, group: Words) -> NDArray[Any]:
        width = normal(stream, group[:1]).shape[1]
        block = group * np.uint64(_BLOCKS_PER_NUMBER * width // 4)
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


def _integers32(stream: _Stream, group: Words) -> NDArray[Any]:
    return _interleave(_philox(stream, group), np.uint64)


def _integers64(stream: _Stream, group: Words) -> NDArray[Any]:
    x0, x1, x2, x3 = _philox(stream, group)
    return _interleave((x0 | (x1 << _SHIFT_32), x2 | (x3 << _SHIFT_32)), np.uint64)


# A row: TensorFlow's name of the kernel, what it draws from, and how many numbers make a group.


class _Kernel(NamedTuple):
    name: str
    group_size: int
    distribution: _Distribution


_F32, _F64, _I32, _I64 = map(np.dtype, ("float32", "float64", "int32", "int64"))
_UNIFORM = {
    _F32: _Kernel("RandomUniform", 4, _uniform32),
    _F64: _Kernel("RandomUniform", 2, _uniform64),
    _I32: _Kernel("RandomUniformInt", 4, _integers32),
    _I64: _Kernel("RandomUniformInt", 2, _integers64),
}
_NORMAL = {
    _F32: _Kernel("RandomStandardNormal", 4, _normal32),
    _F64: _Kernel("RandomStandardNormal", 2, _normal64),
}
_TRUNCATED_NORMAL = {
    _F32: _Kernel("TruncatedNormal", 4, _truncated(_normal32)),
    _F64: _Kernel("TruncatedNormal", 2, _truncated(_normal64)),
}
