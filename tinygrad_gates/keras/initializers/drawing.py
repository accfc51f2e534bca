"""Draws with a seed of any kind: TensorFlow's streams, or a `SeedGenerator`'s own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.random import counted

Seed = Any
"""None, an integer, or a `keras.random.SeedGenerator`."""


def draw_uniform(
    shape: tuple[int, ...], low: float, high: float, dtype: Any, seed: Seed
) -> np.ndarray[Any, Any]:
    """Return numbers spread evenly from low to high."""
    if hasattr(seed, "next"):
        return _scaled(counted.uniform, seed, shape, high - low, low, dtype)
    return random.uniform(shape, low, high, dtype=dtype, seed=seed)


def draw_normal(
    shape: tuple[int, ...], mean: float, stddev: float, dtype: Any, seed: Seed
) -> np.ndarray[Any, Any]:
    """Return normally distributed numbers."""
    if hasattr(seed, "next"):
        return _scaled(counted.normal, seed, shape, stddev, mean, dtype)
    return random.normal(shape, mean, stddev, dtype=dtype, seed=seed)


def draw_truncated(
    shape: tuple[int, ...], mean: float, stddev: float, dtype: Any, seed: Seed
) -> np.ndarray[Any, Any]:
    """Return normal numbers within two standard deviations of the mean."""
    if hasattr(seed, "next"):
        return _scaled(counted.truncated_normal, seed, shape, stddev, mean, dtype)
    return random.truncated_normal(shape, mean, stddev, dtype=dtype, seed=seed)


def _scaled(
    draw: Callable[..., Any],
    seed: Seed,
    shape: tuple[int, ...],
    factor: float,
    offset: float,
    dtype: Any,
) -> np.ndarray[Any, Any]:
    numbers: np.ndarray[Any, Any] = draw(seed.next(), shape, np.dtype(dtype)) * factor + offset
    return numbers.astype(dtype, copy=False)
