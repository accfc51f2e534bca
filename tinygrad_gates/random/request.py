"""A draw whose arguments have been checked, so that a failing call leaves every stream alone."""

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tinygrad_gates.random.distributions import BYTES_PER_GROUP, Distribution
from tinygrad_gates.random.streams import Pair, Seeds

Shape: TypeAlias = Sequence[SupportsIndex] | NDArray[np.integer[Any]]

# An intermediate array of 64 KiB, so that those of one round stay in the cache.
_GROUPS_AT_ONCE = 8192


class Request:
    """What to draw: a distribution, a shape and a seed; `draw` takes it off its stream."""

    def __init__(
        self,
        operation: str,
        distributions: dict[np.dtype[Any], Distribution],
        shape: Shape,
        dtype: DTypeLike,
        seed: int | Pair | None,
    ) -> None:
        self.operation = operation
        self.dtype = _as_dtype(operation, dtype, list(distributions))
        self.shape, wide = _as_shape(operation, shape)
        self._seed = seed if isinstance(seed, tuple) else as_seed(operation, seed)
        self._distribution = distributions[self.dtype]
        # TensorFlow keeps a stream apart for shapes that come in NumPy's 64-bit integers.
        self._kernel = f"{operation} {self.dtype.name} {'int64' if wide else 'int32'}"

    def real(self, name: str, value: ArrayLike) -> NDArray[Any]:
        """`value` as finite numbers of the request's dtype that broadcast to its shape."""
        given = np.asarray(value)
        if given.dtype.kind not in "iuf":
            raise TypeError(f"{self.operation}: {name} must be real, got {_described(value)}")
        with np.errstate(over="ignore"):
            numbers: NDArray[Any] = given.astype(self.dtype)
        if not np.isfinite(numbers).all():
            raise ValueError(
                f"{self.operation}: {name} must be finite in {self.dtype}, got {value!r}"
            )
        if not _broadcasts(numbers.shape, self.shape):
            raise ValueError(
                f"{self.operation}: {name} of shape {numbers.shape} does not broadcast to the "
                f"shape {self.shape} of the result"
            )
        return numbers

    def integer(self, name: str, value: object) -> int:
        """`value` as one integer that the request's dtype can hold."""
        number = _as_integer(value)
        if number is None:
            raise TypeError(
                f"{self.operation}: {name} must be an integer for dtype {self.dtype}, "
                f"got {_described(value)}"
            )
        limits = np.iinfo(self.dtype)
        if not limits.min <= number <= limits.max:
            raise ValueError(f"{self.operation}: {name} does not fit {self.dtype}, got {number}")
        return number

    def draw(self, seeds: Seeds, dtype: DTypeLike) -> NDArray[Any]:
        """The distribution's numbers, before any scaling, as an array of `dtype`."""
        result = self._allocate(dtype)
        stream = seeds.reserve(self._kernel, self._seed, result.size)
        flat = result.reshape(-1)
        width = BYTES_PER_GROUP // self.dtype.itemsize
        groups = -(-flat.size // width)
        for first in range(0, groups, _GROUPS_AT_ONCE):
            group = np.arange(first, min(first + _GROUPS_AT_ONCE, groups), dtype=np.uint64)
            target = flat[first * width : (first + group.size) * width]
            target[...] = self._distribution(stream, group).reshape(-1)[: target.size]
        return result

    def _allocate(self, dtype: DTypeLike) -> NDArray[Any]:
        try:
            return np.empty(self.shape, dtype)
        except (MemoryError, ValueError) as error:
            kind = MemoryError if isinstance(error, MemoryError) else ValueError
            raise kind(f"{self.operation}: no array of shape {self.shape}: {error}") from error


def as_seed(operation: str, seed: object) -> int | None:
    """`seed` as a Python integer or None; anything else is refused."""
    number = _as_integer(seed)
    if number is None and seed is not None:
        raise TypeError(f"{operation}: seed must be an integer or None, got {_described(seed)}")
    return number


def _as_integer(value: object) -> int | None:
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _as_dtype(operation: str, dtype: DTypeLike, accepted: list[np.dtype[Any]]) -> np.dtype[Any]:
    try:
        found = None if dtype is None else np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found not in accepted:
        names = ", ".join(each.name for each in accepted)
        raise TypeError(f"{operation}: dtype must be one of {names}, got {dtype!r}")
    return accepted[accepted.index(found)]


def _as_shape(operation: str, shape: Any) -> tuple[tuple[int, ...], bool]:
    """The sizes, and whether some came as NumPy's 64-bit integers."""
    listed = isinstance(shape, Sequence) and not isinstance(shape, str | bytes)
    given = list(shape) if listed or (isinstance(shape, np.ndarray) and shape.ndim) else [None]
    sizes = [None if isinstance(size, bool) else _as_integer(size) for size in given]
    known = tuple(size for size in sizes if size is not None)
    if len(known) < len(sizes):
        raise TypeError(
            f"{operation}: shape must be a list or tuple of integers, such as [2, 3], "
            f"got {_described(shape)}"
        )
    if any(size < 0 for size in known):
        raise ValueError(f"{operation}: shape must have no negative size, got {shape!r}")
    return known, any(isinstance(size, np.int64) for size in given)


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    pairs = zip(reversed(shape), reversed(target), strict=False)
    return len(shape) <= len(target) and all(size in (1, wanted) for size, wanted in pairs)


def _described(value: object) -> str:
    return f"{value!r} ({type(value).__name__})"
