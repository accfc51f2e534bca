"""Parting data into two."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import random, trees


def split_dataset(
    dataset: Any,
    left_size: float | int | None = None,
    right_size: float | int | None = None,
    shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Any, Any]:
    """Return two parts of data: nested arrays with as many samples each.

    Args:
        dataset: an array, or a list, tuple or dict of arrays, samples first; or nested lists of
            numbers.
        left_size: of the first part: a share between 0 and 1, or a number of samples.
        right_size: of the second part; what is not given is the rest.
        shuffle: whether samples are parted at random.
        seed: of the order; by default it follows from `set_seed`.

    Raises:
        ValueError: if no size is given, or sizes do not fit the data.

    >>> split_dataset(np.arange(4), left_size=0.75)
    (array([0, 1, 2]), array([3]))
    """
    if isinstance(dataset, list) and not any(map(np.ndim, trees.leaves(dataset))):
        dataset = np.asarray(dataset)
    arrays = [np.asarray(leaf) for leaf in trees.leaves(dataset)]
    counts = {len(array) for array in arrays}
    if len(counts) != 1:
        raise ValueError(f"split_dataset: arrays of {sorted(counts)} samples cannot be parted.")
    total = counts.pop()
    left, right = _sizes(left_size, right_size, total)
    order = np.arange(total)
    if shuffle:
        seed = random.spawn_seed("split") if seed is None else seed
        order = np.random.default_rng(seed).permutation(total)
    parts = order[:left], order[left : left + right]
    first, second = (trees.rebuild(dataset, [array[part] for array in arrays]) for part in parts)
    return first, second


def _sizes(left: Any, right: Any, total: int) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError("split_dataset: give left_size, or right_size.")
    counts = [None if size is None else _count(size, total) for size in (left, right)]
    first = total - (counts[1] or 0) if counts[0] is None else counts[0]
    second = total - first if counts[1] is None else counts[1]
    if first < 0 or second < 0 or first + second > total:
        raise ValueError(
            f"split_dataset: left_size={left!r} and right_size={right!r} do not fit {total} "
            f"samples."
        )
    return first, second


def _count(size: float, total: int) -> int:
    if isinstance(size, float):
        fits = 0 <= size <= 1
    else:
        fits = isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= total
    if not fits:
        raise ValueError(
            f"split_dataset: size {size!r} is neither a share from 0.0 to 1.0 nor a number of "
            f"samples, of which there are {total}."
        )
    return round(size * total) if isinstance(size, float) else size


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> tuple[Any, ...]:
    """Return what a training step is given: (x,), (x, y) or (x, y, sample_weight).

    >>> pack_x_y_sample_weight(1, 2)
    (1, 2)
    """
    if sample_weight is not None:
        return x, y, sample_weight
    return (x,) if y is None else (x, y)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return the parts of what a training step is given, with None for those that are missing.

    Raises `ValueError` for a tuple of another length.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    parts = tuple(data) if isinstance(data, (list, tuple)) else (data,)
    if not 1 <= len(parts) <= 3:
        raise ValueError(
            f"unpack_x_y_sample_weight: (x,), (x, y) or (x, y, sample_weight) is expected, and "
            f"there are {len(parts)} parts."
        )
    x, y, weight = (*parts, None, None)[:3]
    return x, y, weight
