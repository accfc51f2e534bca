"""The loss over two weights, and the ways that optimizers took on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.picture.plots.entries import Entry, entries_of, loss_of_entries
from tinygrad_gates.picture.plots.inputs import Array, numbers
from tinygrad_gates.picture.plots.style import (
    COLOURS,
    FAINT,
    INK,
    LINES,
    bar_beside,
    in_style,
    matplotlib_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 101
SIDE_OF_MODEL = 51
"""The loss is computed at so many places a side."""
LEVELS = 15
REACH = 2.0
"""How far around a point the loss is drawn where no path says."""

Ends = tuple[float, float]


@in_style
def loss_surface(
    loss: Any,
    *,
    paths: Any = None,
    x: Any = None,
    y: Any = None,
    weights: Sequence[Any] | None = None,
    ranges: tuple[Ends, Ends] | None = None,
    side: int | None = None,
    title: str = "",
) -> Figure:
    """Draw the loss over two numbers as a map with contours, and the ways of optimizers on it.

    Args:
        loss: a function of two numbers; or a compiled model, whose loss for `x` and `y` is
            drawn over two entries of its weights while all others stay as they are now.
        paths: a way, or several by their names, such as {"SGD": ..., "Adam": ...}: points of
            shape (n, 2); for a model also a `keras.callbacks.WeightRecorder` of its training.
            A ring marks where each begins, and a star where it ends.
        x: the inputs of the model.
        y: their targets.
        weights: which two entries: pairs of the name of a weight, or its number, and a place in
            it, such as (("dense/kernel", (0, 0)), ("dense/bias", 0)). The first two of the
            first weight by default.
        ranges: the ends of both numbers; around the paths by default, else around the model's
            own weights or, for a function, around 0.
        side: at how many places a side the loss is computed: fewer for a model by default.
        title: of the picture.

    Raises:
        TypeError: for what has no loss, or a path that is none.
        ShapeError: for a path that is not of shape (n, 2).
        ValueError: for a weight that is not there, or a loss that is nowhere finite.
        RenderError: where matplotlib is not installed.

    >>> bowl = lambda a, b: a * a + 10 * b * b
    >>> figure = loss_surface(bowl, paths={"straight": [(1.5, 1.0), (0.0, 0.0)]}, side=9)
    >>> figure.axes[0].get_lines()[0].get_xydata()
    array([[1.5, 1. ],
           [0. , 0. ]])
    """
    entries = None
    labels, middle = ["a", "b"], np.zeros(2)
    if hasattr(loss, "get_weights"):
        entries = entries_of(loss, weights)
        labels, middle = [e.label for e in entries], np.array([e.now for e in entries])
        function = loss_of_entries(loss, entries, x, y)
    elif callable(loss):
        function = loss
    else:
        raise TypeError(
            f"loss_surface: {loss!r} of type {type(loss).__name__} has no loss. Give a function "
            f"of two numbers, or a compiled model with x= and y=."
        )
    ways = _ways(paths, entries)
    ends = ranges or _ends([*ways.values()], middle)
    count = side or (SIDE if entries is None else SIDE_OF_MODEL)
    a, b = (np.linspace(*pair, count) for pair in ends)
    grid = _computed(function, a, b)
    figure = matplotlib_figure(6.4, 5.2)
    panel = figure.add_subplot(title=title, xlabel=labels[0], ylabel=labels[1])
    panel.grid(False)
    _map(panel, a, b, grid)
    for position, (name, way) in enumerate(ways.items()):
        _draw(panel, name, way, position)
    panel.set(xlim=ends[0], ylim=ends[1])
    if any(ways):
        figure.legend(loc="outside lower center", ncols=4)
    return figure


def _computed(function: Callable[[float, float], Any], a: Array, b: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        rows = [[float(numbers(function(float(i), float(j)))) for i in a] for j in b]
    grid = np.array(rows)
    if not np.isfinite(grid).any():
        raise ValueError("loss_surface: the loss is nowhere finite. Give other ranges=.")
    return np.where(np.isfinite(grid), grid, np.nan)


def _ways(paths: Any, entries: Sequence[Entry] | None) -> dict[str, Array]:
    """Return paths by their names; "" is that of a single one."""
    if paths is None:
        return {}
    named = paths if isinstance(paths, Mapping) else {"": paths}
    return {str(name): _way(str(name), path, entries) for name, path in named.items()}


def _way(name: str, path: Any, entries: Sequence[Entry] | None) -> Array:
    recorded = getattr(path, "weights", None)
    if recorded is not None:
        if entries is None:
            raise TypeError(
                f"loss_surface: the path {name!r} is of a model's weights, and the loss is a "
                f"function of two numbers. Give the model, or points of shape (n, 2)."
            )
        path = [[entry.of(arrays) for entry in entries] for arrays in recorded]
    try:
        way = np.asarray([numbers(point) for point in path], float)
    except (TypeError, ValueError):
        way = np.empty(())
    if way.ndim != 2 or way.shape[1] != 2 or not len(way):
        raise ShapeError(
            f"loss_surface: the path {name!r} has shape {way.shape}. Give points of shape (n, 2), "
            f"or for a model a keras.callbacks.WeightRecorder."
        )
    return way


def _ends(ways: Sequence[Array], middle: Array) -> tuple[Ends, Ends]:
    """Return how far to draw: all ways with some space around, or around the middle."""
    if not ways:
        low, high = middle - REACH, middle + REACH
    else:
        points = np.concatenate(ways)
        points = points[np.isfinite(points).all(axis=1)]
        low, high = points.min(axis=0), points.max(axis=0)
        # a way along one axis is seen from some distance, too
        space = np.maximum(0.3 * (high - low), 0.1 * (high - low).max())
        space = np.where(space > 0, space, REACH)
        low, high = low - space, high + space
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def _map(panel: Axes, a: Array, b: Array, grid: Array) -> None:
    """Draw shades, the darker the higher, pale enough for ways on them, and contours."""
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    levels = _levels(grid)
    pale = LinearSegmentedColormap.from_list("pale", ["#FFFFFF", "#8FA6B8"])
    shades = panel.contourf(a, b, grid, levels, cmap=pale, norm=BoundaryNorm(levels, 256))
    panel.contour(a, b, grid, levels, colors=FAINT, linewidths=0.6)
    bar_beside(panel, shades, label="loss", ticks=levels[::2], format="{x:.3g}")


def _levels(grid: Array) -> Array:
    """Return heights of contours that are evenly apart in a bowl."""
    low, high = np.nanmin(grid), np.nanmax(grid)
    if not low < high:
        return np.array([low - 1, low + 1])
    return low + (high - low) * np.linspace(0, 1, LEVELS) ** 2


def _draw(panel: Axes, name: str, way: Array, position: int) -> None:
    colour = COLOURS[position % len(COLOURS)]
    line = LINES[position % len(LINES)]
    panel.plot(*way.T, linewidth=2.2, label=name or "path", zorder=3, color=colour, linestyle=line)
    panel.plot(*way[:-1].T, ".", color=colour, markersize=5, zorder=3)
    panel.plot(*way[0], "o", color="white", markeredgecolor=colour, markeredgewidth=2, zorder=4)
    panel.plot(*way[-1], "*", color=colour, markeredgecolor=INK, markersize=15, zorder=4)
