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
from numpy.typing import ArrayLike, DTypeLike

from tinygrad_gates import random
from tinygrad_gates.core.plain import PlainFunction
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.registry import refuse_unknown
from tinygrad_gates.keras.seed_source import SeedSource
from tinygrad_gates.keras.tensors import noise_shape_of
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.random import counted

Array = np.ndarray[Any, Any]
Seed = Any
_COUNTED = np.array([0, 1])

# Inside of a compiled step the key is an array that the step changes, and a draw an operation.
_uniform = PlainFunction(counted.uniform, "array")
_normal = PlainFunction(counted.normal, "array")
_truncated_normal = PlainFunction(counted.truncated_normal, "array")


class SeedGenerator(SeedSource):
    """Two integers, a seed and the number of draws so far, that make each draw different.

    A layer that keeps one in an attribute saves it with its weights.

    Args:
        seed: an integer from 0 up; None takes one that follows from `set_seed`.
        name: the first part of its variable's path.

    Raises:
        ValueError: for a seed that is no integer from 0 to 2**63 - 1, and for arguments that it
            does not know.

    >>> generator = SeedGenerator(5)
    >>> generator.next(), generator.next()
    ((5, 0), (5, 1))
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **unknown: Any) -> None:
        refuse_unknown(self, unknown)
        if seed is not None and (
            isinstance(seed, bool)
            or not isinstance(seed, (int, np.integer))
            or not 0 <= seed < 2**63
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

    def next(self) -> Any:
        """Return the seed and the count for one draw, and count it."""
        key = self.state._data
        self.state.replace(key + _COUNTED)
        return key if isinstance(key, Traced) else tuple(key.tolist())


def uniform(
    shape: Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: DTypeLike | None = None,
    seed: Seed = None,
) -> Array:
    """Return numbers spread evenly over [minval, maxval).

    Args:
        shape: of the array.
        minval: the least number.
        maxval: the bound above.
        dtype: float32 or float64; `floatx()` by default.
        seed: an integer, a `SeedGenerator`, or None for one that follows from `set_seed`.

    Raises:
        ValueError: for another dtype or seed.

    >>> generator = SeedGenerator(5)
    >>> bool((uniform((3,), seed=generator) == uniform((3,), seed=generator)).any())
    False
    """
    floating = _floating("uniform", dtype)
    draws = _uniform(_key(seed), tuple(shape), floating)
    return draws * _as(floating, maxval - minval) + _as(floating, minval)


def normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike | None = None,
    seed: Seed = None,
) -> Array:
    """Return normally distributed numbers; arguments as for `uniform`.

    >>> normal((2,), seed=5).shape
    (2,)
    """
    floating = _floating("normal", dtype)
    draws = _normal(_key(seed), tuple(shape), floating)
    return draws * _as(floating, stddev) + _as(floating, mean)


def truncated_normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike | None = None,
    seed: Seed = None,
) -> Array:
    """Return normal numbers, drawn again where two `stddev` or more from `mean`.

    >>> bool(abs(truncated_normal((100,), seed=5)).max() < 2)
    True
    """
    floating = _floating("truncated_normal", dtype)
    draws = _truncated_normal(_key(seed), tuple(shape), floating)
    return draws * _as(floating, stddev) + _as(floating, mean)


def gamma(
    shape: Sequence[int], alpha: ArrayLike, dtype: DTypeLike | None = None, seed: Seed = None
) -> Array:
    """Return numbers of the gamma distribution with a shape of alpha and a scale of 1.

    The other arguments are those of `uniform`. NumPy draws the numbers, as for `beta` and
    `binomial`.

    >>> bool((gamma((100,), 2.0, seed=5) > 0).all())
    True
    """
    floating = _floating("gamma", dtype)
    return (
        _numpy_draws(seed).standard_gamma(np.asarray(alpha, float), tuple(shape)).astype(floating)
    )


def beta(
    shape: Sequence[int],
    alpha: ArrayLike,
    beta: ArrayLike,
    dtype: DTypeLike | None = None,
    seed: Seed = None,
) -> Array:
    """Return numbers of the beta distribution; the other arguments are those of `uniform`.

    >>> bool((beta((100,), 2.0, 3.0, seed=5) < 1).all())
    True
    """
    floating = _floating("beta", dtype)
    alpha, beta = np.asarray(alpha, float), np.asarray(beta, float)
    return _numpy_draws(seed).beta(alpha, beta, tuple(shape)).astype(floating)


def binomial(
    shape: Sequence[int],
    counts: ArrayLike,
    probabilities: ArrayLike,
    dtype: DTypeLike | None = None,
    seed: Seed = None,
) -> Array:
    """Return how many of `counts` trials succeed; the other arguments are those of `uniform`.

    >>> binomial((3,), 5, 1.0, seed=5)
    array([5., 5., 5.], dtype=float32)
    """
    floating = _floating("binomial", dtype)
    trials, chances = np.asarray(counts).astype(np.int64), np.asarray(probabilities, float)
    return _numpy_draws(seed).binomial(trials, chances, tuple(shape)).astype(floating)


def randint(
    shape: Sequence[int], minval: int, maxval: int, dtype: DTypeLike = "int32", seed: Seed = None
) -> Array:
    """Return integers from minval up to, and without, maxval; `ValueError` for another dtype.

    >>> sorted(set(randint((100,), 0, 3, seed=5).tolist()))
    [0, 1, 2]
    """
    whole = _integer("randint", dtype)
    fractions = _uniform(_key(seed), tuple(shape), np.dtype(np.float64))
    return (np.floor(fractions * (maxval - minval)) + minval).astype(whole)


def categorical(
    logits: Any, num_samples: int, dtype: DTypeLike = "int32", seed: Seed = None
) -> Array:
    """Return classes, drawn with the probabilities that softmax makes of logits.

    Args:
        logits: of shape (batch, classes).
        num_samples: how many classes to draw for each row.
        dtype: of integers.
        seed: as for `uniform`.

    Returns:
        An array of shape (batch, num_samples).

    Raises:
        ValueError: for logits of another rank, another dtype or seed.

    >>> categorical([[0.0, 50.0]], 3, seed=5)
    array([[1, 1, 1]], dtype=int32)
    """
    whole, scores = _integer("categorical", dtype), np.asarray(logits, np.float64)
    if scores.ndim != 2:
        raise ShapeError(
            f"categorical: logits need a shape (batch, classes), and they have {scores.shape}."
        )
    # The largest of logits with noise of Gumbel's distribution is drawn with their softmax.
    shape = (len(scores), int(num_samples), scores.shape[1])
    fractions = _uniform(_key(seed), shape, np.dtype(np.float64))
    noise = -np.log(-np.log(np.maximum(fractions, np.finfo(np.float64).tiny)))
    return np.argmax(scores[:, None] + noise, axis=-1).astype(whole)


def dropout(
    inputs: Any, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> Any:
    """Return inputs with a share of the numbers 0, and the others scaled up to keep the mean.

    Args:
        inputs: an array, or a Value, through which gradients flow.
        rate: the share, from 0 to 1.
        noise_shape: the shape of what is drawn, 1 for axes that are dropped together; None for a
            length means the input's.
        seed: as for `uniform`.

    Raises:
        ValueError: for a rate outside [0, 1], a noise_shape that does not fit, or another seed.

    >>> kept = dropout(np.ones(1000, np.float32), 0.2, seed=5)
    >>> np.unique(kept).tolist(), bool(0.7 < (kept > 0).mean() < 0.9)
    ([0.0, 1.25], True)
    """
    inputs = inputs if isinstance(inputs, Value) else np.asarray(inputs)
    if isinstance(rate, bool) or not 0 <= rate <= 1:
        raise ValueError(f"dropout: rate={rate!r} has to be a number from 0 to 1.")
    if rate == 0:
        return inputs
    if rate == 1:
        return inputs * 0
    dtype = _floating("dropout", inputs.dtype if inputs.dtype.kind == "f" else None)
    drawn = _uniform(_key(seed), noise_shape_of("dropout", noise_shape, inputs.shape), dtype)
    return np.where(drawn >= rate, inputs * (1 / (1 - rate)), 0)


def shuffle(x: Any, axis: int = 0, seed: Seed = None) -> Array:
    """Return x with its parts along an axis in a random order.

    >>> sorted(shuffle([1, 2, 3], seed=5).tolist())
    [1, 2, 3]
    """
    array = np.asarray(x)
    keys = _uniform(_key(seed), (array.shape[axis],), np.dtype(np.float64))
    return np.take(array, np.argsort(keys, kind="stable"), axis)


def _key(seed: Seed) -> tuple[int, int]:
    if isinstance(seed, SeedSource):
        return seed.next()
    if seed is None:
        return random.spawn_seed("keras.random"), 0
    return SeedGenerator(seed).next()


def _numpy_draws(seed: Seed) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=np.array(_key(seed), np.uint64)))


def _floating(function: str, dtype: DTypeLike | None) -> np.dtype[Any]:
    floating = np.dtype(floatx() if dtype is None else dtype)
    if floating not in (np.float32, np.float64):
        raise ValueError(f"{function}: dtype={dtype!r} has to be float32 or float64.")
    return floating


def _integer(function: str, dtype: DTypeLike) -> np.dtype[Any]:
    whole = np.dtype(dtype)
    if whole.kind not in "iu":
        raise ValueError(f"{function}: dtype={dtype!r} has to be one of integers, such as int32.")
    return whole


def _as(dtype: np.dtype[Any], number: float) -> Any:
    return np.asarray(number, dtype)[()]
