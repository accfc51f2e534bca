"""Random draws with a `SeedGenerator`, as in `keras.random`.

A draw follows from its seed alone: an integer gives the same numbers every time, a generator
others each time. Words come from Philox4x32-10, with the seed as key and the generator's count in
the counter, so a saved generator goes on where it was. What TensorFlow would draw after
`set_seed` is in `tinygrad_gates.random`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import random
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.random import counted

Array = np.ndarray[Any, Any]
Seed = Any


class SeedGenerator:
    """Two integers, a seed and the number of draws so far, that make each draw different.

    A layer that keeps one in an attribute saves it with its weights.

    Args:
        seed: an integer from 0 up; None takes one that follows from `set_seed`.
        name: the first part of its variable's path.

    Raises:
        ValueError: for a seed that is no integer from 0 to 2**31 - 1.

    >>> generator = SeedGenerator(5)
    >>> generator.next(), generator.next()
    ((5, 0), (5, 1))
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        if seed is not None and (
            isinstance(seed, bool)
            or not isinstance(seed, (int, np.integer))
            or not 0 <= seed < 2**31
        ):
            raise ValueError(f"SeedGenerator: seed={seed!r} has to be an integer from 0 up.")
        self.seed = seed
        self.name = name or "seed_generator"
        start = random.spawn_seed("seed_generator") if seed is None else int(seed)
        self.state = Variable(
            np.array([start, 0], np.int64),
            trainable=False,
            name="seed_generator_state",
            owner=self.name,
        )

    def next(self) -> tuple[int, int]:
        """Return the seed and the count for one draw, and count it."""
        seed, count = self.state._data.tolist()
        self.state.replace(np.array([seed, count + 1], np.int64))
        return seed, count

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"seed": self.seed, "name": self.name}


def _key(seed: Seed) -> tuple[int, int]:
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        return random.spawn_seed("keras.random"), 0
    return SeedGenerator(seed).next()


def uniform(
    shape: Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: DTypeLike = np.float32,
    seed: Seed = None,
) -> Array:
    """Return numbers spread evenly over [minval, maxval).

    Args:
        shape: of the array.
        minval: the least number.
        maxval: the bound above.
        dtype: float32 or float64.
        seed: an integer, a `SeedGenerator`, or None for one that follows from `set_seed`.

    >>> generator = SeedGenerator(5)
    >>> bool((uniform((3,), seed=generator) == uniform((3,), seed=generator)).any())
    False
    """
    return counted.uniform(_key(seed), tuple(shape), np.dtype(dtype)) * _as(
        dtype, maxval - minval
    ) + _as(dtype, minval)


def normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike = np.float32,
    seed: Seed = None,
) -> Array:
    """Return normally distributed numbers; arguments as for `uniform`.

    >>> normal((2,), seed=5).shape
    (2,)
    """
    return counted.normal(_key(seed), tuple(shape), np.dtype(dtype)) * _as(dtype, stddev) + _as(
        dtype, mean
    )


def truncated_normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike = np.float32,
    seed: Seed = None,
) -> Array:
    """Return normal numbers, drawn again where two `stddev` or more from `mean`.

    >>> bool(abs(truncated_normal((100,), seed=5)).max() < 2)
    True
    """
    draws = counted.truncated_normal(_key(seed), tuple(shape), np.dtype(dtype))
    return draws * _as(dtype, stddev) + _as(dtype, mean)


def randint(
    shape: Sequence[int], minval: int, maxval: int, dtype: DTypeLike = np.int32, seed: Seed = None
) -> Array:
    """Return integers from minval up to, and without, maxval.

    >>> sorted(set(randint((100,), 0, 3, seed=5).tolist()))
    [0, 1, 2]
    """
    fractions = counted.uniform(_key(seed), tuple(shape), np.dtype(np.float64))
    return (np.floor(fractions * (maxval - minval)) + minval).astype(dtype)


def shuffle(x: Any, axis: int = 0, seed: Seed = None) -> Array:
    """Return x with its parts along an axis in a random order.

    >>> sorted(shuffle([1, 2, 3], seed=5).tolist())
    [1, 2, 3]
    """
    array = np.asarray(x)
    keys = counted.uniform(_key(seed), (array.shape[axis],), np.dtype(np.float64))
    return np.take(array, np.argsort(keys, kind="stable"), axis)


def _as(dtype: DTypeLike, number: float) -> Any:
    return np.asarray(number, dtype)[()]
