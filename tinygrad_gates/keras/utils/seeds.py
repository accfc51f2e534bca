"""One seed for everything."""

from __future__ import annotations

import random as python_random

import numpy as np

from tinygrad_gates import random


def set_random_seed(seed: int) -> None:
    """Seed Python, NumPy and this package: weights, shuffling, dropout and noise.

    Raises `ValueError` for anything but an integer from 0 to 2**32 - 1, which NumPy can take.

    >>> set_random_seed(777)
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise ValueError(f"set_random_seed: seed={seed!r} has to be an integer from 0 up.")
    python_random.seed(int(seed))
    np.random.seed(int(seed))  # noqa: NPY002 - what a user's own code may draw from
    random.set_seed(int(seed))
