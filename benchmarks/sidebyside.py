"""Measuring contenders in turn within one run, so that the machine's moods cancel in the ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Samples = dict[str, list[float]]
"""For each contender a figure of each round."""


@dataclass(frozen=True)
class Spread:
    """What figures are like.

    Attributes:
        median: the middle one.
        low: the lower quartile.
        high: the upper quartile.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """Return the spread of one or more figures."""
        if len(figures) == 1:
            return cls(figures[0], figures[0], figures[0])
        low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
        return cls(median, low, high)


def ratio(contender: Sequence[float], reference: Sequence[float]) -> Spread:
    """Return how much larger the contender's figures are, round by round."""
    return Spread.of([ours / theirs for ours, theirs in zip(contender, reference, strict=True)])


def in_turn(measures: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    """Measure each contender once in every round, and let another one begin each time."""
    keep_out_of_collections()
    samples: Samples = {name: [] for name in measures}
    names = list(measures)
    for _ in range(rounds):
        for name in names:
            samples[name].append(measures[name]())
        names.append(names.pop(0))
    return samples


def keep_out_of_collections() -> None:
    """Let garbage collections pass over all that is there, such as the modules of every peer.

    Otherwise each contender's collections would look through the others' objects as well.
    """
    gc.collect()
    gc.freeze()


def elapsed(function: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    gc.collect()  # so that nobody pays for the other's garbage
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
