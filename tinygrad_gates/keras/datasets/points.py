"""Points in the plane, of classes that no straight line parts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Points = tuple[Array, Array]
Curve = Callable[[Array, int], tuple[Array, Array]]


def make_moons(n_samples: int = 100, noise: float = 0.0, seed: int | None = None) -> Points:
    """Return points on two half circles that reach into each other.

    Args:
        n_samples: how many points; half of them, or one more, of class 0.
        noise: the standard deviation of what is added to each coordinate.
        seed: of the draws; None takes one from the system.

    Returns:
        The points, of shape (n_samples, 2), in a random order, and their classes, 0 or 1, of
        shape (n_samples,); float32 and int64.

    Raises:
        ValueError: for fewer than 2 points, or a negative noise.

    >>> x, y = make_moons(5, seed=0)
    >>> x.shape, sorted(y.tolist())
    ((5, 2), [0, 0, 0, 1, 1])
    """

    def moon(share: Array, which: int) -> tuple[Array, Array]:
        angle = math.pi * share
        if which:
            return 1 - np.cos(angle), 0.5 - np.sin(angle)
        return np.cos(angle), np.sin(angle)

    return _drawn(moon, n_samples, 2, noise, seed)


def make_circles(
    n_samples: int = 100, noise: float = 0.0, seed: int | None = None, factor: float = 0.8
) -> Points:
    """Return points on a circle of radius 1 (class 0), and on one inside of it (class 1).

    Args:
        n_samples: as for `make_moons`, as are the results and what is raised.
        noise: likewise.
        seed: likewise.
        factor: the radius of the circle inside, from 0 to below 1.

    >>> x, y = make_circles(4, factor=0.5, seed=0)
    >>> sorted(np.hypot(*x.T).round(2).tolist())
    [0.5, 0.5, 1.0, 1.0]
    """
    if not 0 <= factor < 1:
        raise ValueError(f"make_circles: factor={factor!r} has to be from 0 to below 1.")

    def circle(share: Array, which: int) -> tuple[Array, Array]:
        radius, angle = factor if which else 1.0, 2 * math.pi * share
        return radius * np.cos(angle), radius * np.sin(angle)

    return _drawn(circle, n_samples, 2, noise, seed, closed=True)


def make_spirals(
    n_samples: int = 100, noise: float = 0.0, seed: int | None = None, classes: int = 3
) -> Points:
    """Return points on spirals that wind around the origin, one for each class.

    Args:
        n_samples: as for `make_moons`, as are the results and what is raised.
        noise: likewise.
        seed: likewise.
        classes: how many spirals, 2 or more.

    >>> x, y = make_spirals(6, seed=0)
    >>> sorted(y.tolist())
    [0, 0, 1, 1, 2, 2]
    """
    if classes < 2:
        raise ValueError(f"make_spirals: classes={classes!r} has to be 2 or more.")

    def spiral(share: Array, which: int) -> tuple[Array, Array]:
        angle = 4 * share + 2 * math.pi * which / classes
        return share * np.cos(angle), share * np.sin(angle)

    return _drawn(spiral, n_samples, classes, noise, seed)


def _drawn(
    curve: Curve, count: int, classes: int, noise: float, seed: int | None, closed: bool = False
) -> Points:
    """Return points spread evenly over a curve for each class, with noise, in a random order."""
    if isinstance(count, bool) or not isinstance(count, int) or count < classes:
        raise ValueError(f"n_samples={count!r} has to be an integer from {classes} up.")
    if noise < 0:
        raise ValueError(f"noise={noise!r} has to be 0 or more.")
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    points = np.empty((count, 2))
    for which in range(classes):
        size = int((labels == which).sum())
        share = np.linspace(0, 1, size, endpoint=not closed)
        points[labels == which] = np.stack(curve(share, which), axis=1)
    points += generator.normal(0, noise, points.shape)
    order = generator.permutation(count)
    return points[order].astype(np.float32), labels[order]
