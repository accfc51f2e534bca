"""Seeds, and the streams of random words that they name."""

import secrets
from hashlib import sha256
from random import Random
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
Pair: TypeAlias = tuple[int, int]
"""A key and an operation seed, which name a stream."""

# TensorFlow sets aside this many blocks for each number drawn, whatever the draw consumes.
BLOCKS_PER_NUMBER = 256

_MODULUS = 2**31 - 1
_SEED_WITHOUT_GLOBAL = 87654321


class Stream(NamedTuple):
    """Where to read: the key, the upper half of the counter, and the first block's number."""

    key: int
    operation_seed: int
    first_block: int


class State(NamedTuple):
    """Where all streams stand; kept by who wants to draw the same numbers again."""

    global_seed: int | None
    operation_seeds: tuple[Any, ...]
    next_block: dict[tuple[str, int, int], int]
    spawned: dict[str, int]


class Seeds:
    """The global seed, the operation seeds that follow from it, and the streams read so far."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._global_seed: int | None = None
        self._operation_seeds = Random()
        self._next_block: dict[tuple[str, int, int], int] = {}
        self._spawned: dict[str, int] = {}

    def restart(self, seed: int | None) -> None:
        """Forget all streams and begin with `seed`, or with the system's randomness."""
        with self._lock:
            self._global_seed = seed
            self._operation_seeds = Random(seed)
            self._next_block.clear()
            self._spawned.clear()

    def state(self) -> "State":
        """Everything that later draws follow from."""
        with self._lock:
            random_state = self._operation_seeds.getstate()
            return State(
                self._global_seed, random_state, dict(self._next_block), dict(self._spawned)
            )

    def return_to(self, state: "State") -> None:
        """Draw again what was drawn after `state` was taken."""
        with self._lock:
            self._global_seed = state.global_seed
            self._operation_seeds.setstate(state.operation_seeds)
            self._next_block = dict(state.next_block)
            self._spawned = dict(state.spawned)

    def next_operation_seed(self) -> int:
        """Take the seed that the next operation without one would have been given."""
        with self._lock:
            return self._draw_operation_seed()

    def next_stream(self) -> Pair:
        """Take the stream that the next operation without a seed would have read."""
        with self._lock:
            if self._global_seed is None:
                return secrets.randbits(64), secrets.randbits(64)
            return self._pair(None)

    def spawn(self, purpose: str) -> int:
        """Take the next seed for a purpose, which leaves the streams and other purposes alone."""
        with self._lock:
            if self._global_seed is None:
                return secrets.randbelow(_MODULUS)
            number = self._spawned.get(purpose, 0)
            self._spawned[purpose] = number + 1
            key = f"{self._global_seed}/{purpose}/{number}".encode()
            return int.from_bytes(sha256(key).digest()[:8]) % _MODULUS

    def reserve(self, kernel: str, seed: int | Pair | None, numbers: int) -> Stream:
        """Take `numbers` numbers off the stream that `seed` names for `kernel`.

        A pair is read from its start each time.
        """
        if isinstance(seed, tuple):
            return Stream(*seed, 0)
        with self._lock:
            if seed is None and self._global_seed is None:
                return Stream(secrets.randbits(64), secrets.randbits(64), 0)
            key, operation_seed = self._pair(seed)
            name = (kernel, key, operation_seed)
            first = self._next_block.get(name, 0)
            # A seed drawn here serves one call: remembering each would grow without bound.
            if seed is not None:
                self._next_block[name] = first + BLOCKS_PER_NUMBER * numbers
            return Stream(key, operation_seed, first)

    def _draw_operation_seed(self) -> int:
        if self._global_seed is None:
            return secrets.randbelow(_MODULUS)
        return self._operation_seeds.randint(0, _MODULUS)

    def _pair(self, seed: int | None) -> Pair:
        operation_seed = self._draw_operation_seed() if seed is None else seed
        return pair_of(self._global_seed, operation_seed)


def pair_of(global_seed: int | None, operation_seed: int) -> Pair:
    """Return the stream that two seeds name."""
    key = _SEED_WITHOUT_GLOBAL if global_seed is None else global_seed
    pair = key % _MODULUS, operation_seed % _MODULUS
    # Kernels read the pair (0, 0) as "no seed", so TensorFlow puts another in its place.
    return pair if any(pair) else (0, _MODULUS)


_ROUNDS = 10
_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_LOW_32 = np.uint64(0xFFFFFFFF)
_SHIFT_32 = np.uint64(32)


def philox(stream: Stream, block: Words) -> tuple[Words, Words, Words, Words]:
    """The four words (each below 2**32) of every block, numbered from the stream's first.

    Philox4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Each
    32-bit word lies in a 64-bit integer, where the product of two words fits.
    """
    # The carry out of the lower half of the counter is left out: it would take 2**56 numbers.
    block = block + np.uint64(stream.first_block % 2**64)
    x0, x1 = block & _LOW_32, block >> _SHIFT_32
    x2 = np.full_like(block, stream.operation_seed & 0xFFFFFFFF)
    x3 = np.full_like(block, stream.operation_seed >> 32)
    key0, key1 = stream.key & 0xFFFFFFFF, stream.key >> 32
    product0, product2 = np.empty_like(block), np.empty_like(block)
    for _ in range(_ROUNDS):
        np.multiply(x0, _MULTIPLIERS[0], out=product0)
        np.multiply(x2, _MULTIPLIERS[1], out=product2)
        np.right_shift(product2, _SHIFT_32, out=x0)
        x0 ^= x1
        x0 ^= np.uint64(key0)
        np.right_shift(product0, _SHIFT_32, out=x2)
        x2 ^= x3
        x2 ^= np.uint64(key1)
        np.bitwise_and(product2, _LOW_32, out=x1)
        np.bitwise_and(product0, _LOW_32, out=x3)
        key0, key1 = (key0 + _KEY_STEPS[0]) % 2**32, (key1 + _KEY_STEPS[1]) % 2**32
    return x0, x1, x2, x3
