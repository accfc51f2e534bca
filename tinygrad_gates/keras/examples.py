"""Examples that a class carries: what its tests, and the tables of contracts, try it on."""

from __future__ import annotations

from collections.abc import Callable
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


class Inner(NamedTuple):
    """A layer inside of another's example: made, and named, when the example is used."""

    make: Callable[..., Any]
    positional: tuple[Any, ...]
    named: dict[str, Any]


def inner(make: Callable[..., Any], *positional: Any, **named: Any) -> Inner:
    """Return what an example's layer takes in place of a layer: its class and its arguments."""
    return Inner(make, positional, named)


class Example(NamedTuple):
    """What an object is called with, and its constructor's arguments."""

    inputs: tuple[Draw, ...]
    given: dict[str, Any]

    @property
    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments, with layers made afresh."""
        return {name: _made(argument) for name, argument in self.given.items()}


def _made(argument: Any) -> Any:
    if isinstance(argument, Inner):
        return argument.make(*argument.positional, **argument.named)
    return [_made(item) for item in argument] if isinstance(argument, list) else argument


def example(*inputs: tuple[int, ...] | Draw, **arguments: Any) -> Example:
    """Return an example: shapes (or `Draw`s) of inputs, and the constructor's arguments.

    >>> example((4, 2), units=3)
    Example(inputs=(Draw(shape=(4, 2), low=-2.0, high=2.0, whole=False),), given={'units': 3})
    """
    drawn = (item if isinstance(item, Draw) else Draw(item) for item in inputs)
    return Example(tuple(drawn), arguments)
