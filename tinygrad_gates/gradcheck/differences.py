"""Finite differences that know how wrong they are.

Central differences at steps that halve are extrapolated to step 0 (Ridders, "Accurate computation
of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4, 1982). Neighbours in the table of
extrapolations estimate its truncation error; the rounding error follows from the precision, the
size of the results and the step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FIRST_LEVELS = 4
_MOST_LEVELS = 14
# A result is taken to be rounded this many times, a sum here, an elementary function there, and
# to be made of numbers of its own size, or a fraction of the largest result's.
_ROUNDINGS = 16.0
_FRACTION = 0.125
_ESTIMATE_FACTOR = 3.0


class Slopes(NamedTuple):
    """The derivatives of all results by one number.

    Attributes:
        central: the derivative.
        bound: how far it may be wrong; inf where it could not be found.
        left, right: the one-sided derivatives, at the smallest step.
        kink: where these differ in the limit.
    """

    central: Array
    bound: Array
    left: Array
    right: Array
    kink: NDArray[np.bool_]


def slopes(moved: Callable[[float], Array], x: float, epsilon: float) -> Slopes:
    """Differentiate results by a number.

    Args:
        moved: returns the results, in one dimension, with the number moved by a step.
        x: the number, whose size sets the first step.
        epsilon: the relative precision of the results' dtype.
    """
    here = moved(0.0)
    scale = max(1.0, abs(x))
    table = _Table(here, epsilon)
    step = 2.0 ** np.round(np.log2(epsilon ** (1 / 6) * scale))
    for level in range(_MOST_LEVELS):
        table.add(step, moved(step), moved(-step))
        step /= 2
        if level + 1 >= _FIRST_LEVELS and table.is_good(scale):
            break
    return table.result(scale)


class _Table:
    """Ridders' table for all results at once."""

    def __init__(self, here: Array, epsilon: float) -> None:
        self._here = here
        self._epsilon = epsilon
        self._previous: list[Array] = []
        self._best = np.full(here.shape, np.nan)
        self._bound = np.full(here.shape, np.inf)
        self._jumps: list[Array] = []
        self._size = np.abs(here)

    def add(self, step: float, ahead: Array, behind: Array) -> None:
        """Take the results at one more, smaller, step to each side."""
        with np.errstate(all="ignore"):
            self._size = np.fmax(self._size, np.fmax(np.abs(ahead), np.abs(behind)))
            largest = np.max(self._size, initial=0, where=np.isfinite(self._size))
            self._size = np.fmax(self._size, _FRACTION * largest)
            self._rounding = _ROUNDINGS * self._epsilon * self._size / step
            self._right = (ahead - self._here) / step
            self._left = (self._here - behind) / step
            self._jumps.append(self._right - self._left)
            self._extend((ahead - behind) / (2 * step))

    def _extend(self, estimate: Array) -> None:
        row = [estimate]
        for order, coarser in enumerate(self._previous, start=1):
            finer = row[-1]
            extrapolated = finer + (finer - coarser) / (4.0**order - 1)
            error = np.maximum(np.abs(extrapolated - finer), np.abs(extrapolated - coarser))
            # Lower orders are the safer choice where both claim the same: hence the order first.
            self._offer(finer, np.abs(finer - coarser))
            self._offer(extrapolated, error)
            row.append(extrapolated)
        self._previous = row

    def _offer(self, estimate: Array, error: Array) -> None:
        bound = _ESTIMATE_FACTOR * error + 2 * self._rounding
        better = bound < self._bound
        self._best = np.where(better, estimate, self._best)
        self._bound = np.where(better, bound, self._bound)

    def _wanted(self, scale: float) -> Array:
        size = self._size / scale + np.abs(np.nan_to_num(self._best))
        return np.sqrt(self._epsilon) * np.fmax(size, np.finfo(float).tiny)

    def is_good(self, scale: float) -> bool:
        """Return whether every derivative is known as well as the dtype lets one expect."""
        return bool(np.all(self._bound <= self._wanted(scale)))

    def result(self, scale: float) -> Slopes:
        """Return what the table says, inf for the bound of what it does not."""
        bound = np.where(self._bound <= 1e3 * self._wanted(scale), self._bound, np.inf)
        return Slopes(self._best, bound, self._left, self._right, self._kinks())

    def _kinks(self) -> NDArray[np.bool_]:
        # Of a smooth function the one-sided slopes differ in proportion to the step, which this
        # extrapolation cancels; at a kink what is left stays the same from step to step.
        coarse, middle, fine = self._jumps[-3:]
        with np.errstate(all="ignore"):
            before, jump = 2 * middle - coarse, 2 * fine - middle
            steady = np.abs(jump - before) < 0.1 * np.abs(jump)
            size = np.abs(self._left) + np.abs(self._right)
            return steady & (np.abs(jump) > 1e-3 * size + 16 * self._rounding)
