"""The order of samples in each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import random


class Shuffling:
    """An own order of samples for each epoch, which follows from a seed and its number alone.

    So an interrupted training goes on in the order that it would have had. After `set_seed` the
    first call of `fit`, the second and so on have always the same seeds; TensorFlow's streams,
    from which weights are drawn, are left alone.

    Args:
        seed: None takes the next that follows from `set_seed`.

    >>> random.set_seed(777)
    >>> first = Shuffling().order(4, epoch=0).tolist()
    >>> random.set_seed(777)
    >>> Shuffling().order(4, epoch=0).tolist() == first
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = random.spawn_seed("shuffle") if seed is None else seed

    def order(self, samples: int, epoch: int) -> np.ndarray[Any, Any]:
        """Return the samples' numbers in the order of an epoch."""
        return np.random.default_rng([self.seed, epoch]).permutation(samples)
