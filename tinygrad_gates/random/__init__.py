"""Random draws from TensorFlow's own streams, bit for bit.

Words come from the counter-based generator Philox4x32-10, and the seeds of a call are combined as
in TensorFlow's eager mode:

- the key of a stream is the global seed, the upper half of its counter the operation's seed,
  both reduced modulo 2**31 - 1; the lower half of the counter numbers blocks of four words;
- a call without its own `seed` takes one from a `random.Random` that `set_seed` started;
- calls with the same `seed`, function and dtype go on along one stream until `set_seed`;
- without a global seed, a call with a `seed` is reproducible from the start of the program, and
  one without is not.

float32 and integer draws have the bits that TensorFlow computes on Linux. float64 normals follow
its algorithm with NumPy's elementary functions and agree, before they are scaled, to two units in
the last place. Threads may draw at the same time: they share the streams and never a number.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tinygrad_gates.random.distributions import (
    NORMAL,
    TRUNCATED_NORMAL,
    UNIFORM,
    Distribution,
)
from tinygrad_gates.random.request import Request, Shape, as_seed
from tinygrad_gates.random.streams import Pair, Seeds, State, pair_of

__all__ = [
    "get_state",
    "next_seed",
    "next_stream",
    "normal",
    "set_seed",
    "set_state",
    "spawn_seed",
    "stream_of",
    "truncated_normal",
    "uniform",
]

_seeds = Seeds()


def set_seed(seed: int | None) -> None:
    """Start every stream anew from one global seed, as `tf.random.set_seed` does.

    Any integer will do, of Python's or NumPy's, negative or larger than 64 bits; True is 1.
    None goes back to seeds from the operating system. Raises TypeError for anything else.

    >>> set_seed(777)
    >>> float(uniform([]))
    0.6930550336837769
    """
    _seeds.restart(as_seed("set_seed", seed))


def next_seed() -> int:
    """The operation seed that the next draw without a `seed` would have used; it is used up.

    After `set_seed` it is in [0, 2**31 - 1] and follows from the global seed, so that
    `uniform(shape, seed=next_seed())` gives what `uniform(shape)` would have given; otherwise
    it comes from the operating system.

    >>> set_seed(777)
    >>> next_seed()
    984982403
    """
    return _seeds.next_operation_seed()


def next_stream() -> Pair:
    """The stream that the next draw without a `seed` would have read; it is used up.

    As a `seed` it gives the same numbers each time.

    >>> set_seed(777)
    >>> stream = next_stream()
    >>> float(uniform([], seed=stream)), float(uniform([], seed=stream))
    (0.6930550336837769, 0.6930550336837769)
    """
    return _seeds.next_stream()


def stream_of(seed: int) -> Pair:
    """The stream that a seed names by itself, whatever `set_seed` was given.

    It is what TensorFlow reads for this seed where there is no global one. As a `seed` it gives
    the same numbers each time.

    >>> bool(uniform([], seed=stream_of(5)) == uniform([], seed=stream_of(5)))
    True
    """
    return pair_of(None, seed)


def spawn_seed(purpose: str) -> int:
    """The next seed for a generator of one's own, such as one that shuffles or drops out.

    After `set_seed` the first for a purpose, the second and so on are always the same, whatever
    else is drawn; TensorFlow's streams do not move. In [0, 2**31 - 2].

    >>> set_seed(777)
    >>> first = spawn_seed("shuffle")
    >>> other = spawn_seed("dropout")
    >>> set_seed(777)
    >>> spawn_seed("dropout") == other, spawn_seed("shuffle") == first
    (True, True)
    """
    return _seeds.spawn(purpose)


def get_state() -> State:
    """Where all streams stand: `set_state` goes back there. A tuple that can be pickled.

    >>> set_seed(777)
    >>> state = get_state()
    >>> first = float(uniform([]))
    >>> set_state(state)
    >>> float(uniform([])) == first
    True
    """
    return _seeds.state()


def set_state(state: State) -> None:
    """Go back to where `get_state` found the streams. Raises TypeError for anything else."""
    if not isinstance(state, State):
        raise TypeError(f"set_state: takes what get_state returned, not {state!r:.80}")
    _seeds.return_to(state)


def uniform(
    shape: Shape,
    minval: ArrayLike = 0,
    maxval: ArrayLike | None = None,
    dtype: DTypeLike = np.float32,
    seed: int | Pair | None = None,
) -> NDArray[Any]:
    """Numbers spread evenly over [minval, maxval), as `tf.random.uniform` draws them.

    `shape` is a sequence of sizes. `dtype` is float32 (23 random bits), float64 (52 bits), int32
    or int64; integers are slightly biased where maxval - minval is no power of two. `maxval` is
    1 where none is given; integers need one. For floats `minval` and `maxval` may be arrays that
    broadcast to `shape`, and rounding may give `maxval` itself. `seed` is an integer, or a stream
    of `next_stream` or `stream_of`. Returns an array of `dtype`.

    Raises TypeError for an argument of the wrong type and ValueError for a negative size, bounds
    in the wrong order or not finite, or a range too wide for `dtype`.

    >>> set_seed(777)
    >>> uniform([2, 1], -1.0, 1.0).tolist()
    [[0.3861100673675537], [-0.6436038017272949]]
    """
    request = Request("uniform", UNIFORM, shape, dtype, seed)
    if request.dtype.kind == "i":
        return _uniform_integers(request, minval, maxval)
    maxval = 1 if maxval is None else maxval
    low, high = request.real("minval", minval), request.real("maxval", maxval)
    if (low > high).any():
        raise ValueError(f"uniform: minval must not exceed maxval, got {minval!r} and {maxval!r}")
    with np.errstate(over="ignore"):
        width = np.subtract(high, low, dtype=request.dtype)
    if not np.isfinite(width).all():
        raise ValueError(
            f"uniform: maxval - minval must be finite in {request.dtype}, "
            f"got {minval!r} and {maxval!r}"
        )
    return _scaled(request.draw(_seeds, request.dtype), width, low)


def _uniform_integers(request: Request, minval: object, maxval: object) -> NDArray[Any]:
    if maxval is None:
        raise ValueError(f"uniform: maxval must be given for dtype {request.dtype}")
    low, high = request.integer("minval", minval), request.integer("maxval", maxval)
    if low >= high:
        raise ValueError(f"uniform: minval must be below maxval for integers, got {low} and {high}")
    words = request.draw(_seeds, np.uint64)
    np.remainder(words, np.uint64(high - low), out=words)
    np.add(words, np.uint64(low % 2**64), out=words)
    return words.view(np.int64).astype(request.dtype, copy=False)


def normal(
    shape: Shape,
    mean: ArrayLike = 0.0,
    stddev: ArrayLike = 1.0,
    dtype: DTypeLike = np.float32,
    seed: int | Pair | None = None,
) -> NDArray[Any]:
    """Normally distributed numbers, as `tf.random.normal` draws them (Box and Muller, 1958).

    `shape` is a sequence of sizes, `dtype` float32 or float64; `mean` and `stddev` are numbers or
    arrays that broadcast to `shape`; `seed` is as for `uniform`. Returns an array of `dtype`.

    Raises TypeError for an argument of the wrong type and ValueError for a negative size or
    stddev, or a parameter that is not finite.

    >>> set_seed(777)
    >>> normal([2]).tolist()
    [0.7706481218338013, 0.3733540177345276]
    """
    return _draw_normal("normal", NORMAL, shape, mean, stddev, dtype, seed)


def truncated_normal(
    shape: Shape,
    mean: ArrayLike = 0.0,
    stddev: ArrayLike = 1.0,
    dtype: DTypeLike = np.float32,
    seed: int | Pair | None = None,
) -> NDArray[Any]:
    """Normal numbers less than two `stddev` from `mean`, as `tf.random.truncated_normal` draws.

    Numbers farther out are drawn again. Arguments, result and errors are those of `normal`.

    >>> set_seed(777)
    >>> truncated_normal([2], mean=1.0, stddev=0.5).tolist()
    [1.3853240013122559, 1.1866769790649414]
    """
    return _draw_normal("truncated_normal", TRUNCATED_NORMAL, shape, mean, stddev, dtype, seed)


def _draw_normal(
    operation: str,
    distributions: dict[np.dtype[Any], Distribution],
    shape: Shape,
    mean: ArrayLike,
    stddev: ArrayLike,
    dtype: DTypeLike,
    seed: int | Pair | None,
) -> NDArray[Any]:
    request = Request(operation, distributions, shape, dtype, seed)
    centre = request.real("mean", mean)
    scale = request.real("stddev", stddev)
    if (scale < 0).any():
        raise ValueError(f"{operation}: stddev must not be negative, got {stddev!r}")
    return _scaled(request.draw(_seeds, request.dtype), scale, centre)


def _scaled(draws: NDArray[Any], factor: NDArray[Any], offset: NDArray[Any]) -> NDArray[Any]:
    np.multiply(draws, factor, out=draws)
    np.add(draws, offset, out=draws)
    return draws
