"""Examples that a class carries: what its tests, and the tables of contracts, try it on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Draw(NamedTuple):
    """An input to draw at random: its shape, samples first, and the interval of its numbers.

    >>> Draw((2,), 0, 3, whole=True).array(np.random.default_rng(0))
    array([2, 1])
    """

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    whole: bool = False
    """Whether only integers from `low` up to, and without, `high` are drawn."""

    def array(
        self, generator: np.random.Generator, dtype: Any = np.float64
    ) -> np.ndarray[Any, Any]:
        """Return an array of floats of `dtype`, or of integers."""
        if self.whole:
            return generator.integers(int(self.low), int(self.high), self.shape)
        return np.asarray(generator.uniform(self.low, self.high, self.shape), dtype)


class Example(NamedTuple):
    """A constructor's arguments, and what the object is called with."""

    inputs: tuple[Draw, ...]
    arguments: dict[str, Any]


def example(*inputs: tuple[int, ...] | Draw, **arguments: Any) -> Example:
    """Return an example: shapes (or `Draw`s) of inputs, and the constructor's arguments.

    >>> example((4, 2), units=3)
    Example(inputs=(Draw(shape=(4, 2), low=-2.0, high=2.0, whole=False),), arguments={'units': 3})
    """
    drawn = (item if isinstance(item, Draw) else Draw(item) for item in inputs)
    return Example(tuple(drawn), arguments)
