"""Where the order of samples comes from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from tinygrad_gates import random

_numbers: Iterator[int] = count()
_numbered_for: object = None


def new_generator() -> np.random.Generator:
    """Return a generator of orders for one call of `fit`.

    After `set_seed` the first such call, the second and so on each have their own, always the
    same; TensorFlow's streams, from which weights are drawn, are left alone.

    >>> random.set_seed(777)
    >>> first = new_generator().permutation(4).tolist()
    >>> random.set_seed(777)
    >>> new_generator().permutation(4).tolist() == first
    True
    """
    global _numbers, _numbered_for
    seeds = random._seeds
    if seeds._global_seed is None:
        return np.random.default_rng()
    if _numbered_for is not seeds._operation_seeds:  # set_seed was called since
        _numbered_for = seeds._operation_seeds
        _numbers = count()
    return np.random.default_rng([seeds._global_seed % 2**64, next(_numbers)])
