"""Decision surfaces: what models answer over the plane of their two inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.picture.plots.inputs import Array, numbers, outputs_of, points_of
from tinygrad_gates.picture.plots.plane import Plane, dots, two_kinds_of_dots
from tinygrad_gates.picture.plots.style import (
    COLOURS,
    INK,
    MARKERS,
    SHADES,
    bar_beside,
    in_style,
    matplotlib_figure,
    panels,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Grey behind black and white marks, so that both can be seen.
_KEY: dict[str, Any] = {
    "frameon": True,
    "facecolor": "0.65",
    "edgecolor": "none",
    "framealpha": 1,
    "labelcolor": "black",
}

WIDTH_OF_KEY = 5.4
"""What a key below the panels takes, in inches."""
PALE, FULL = 0.2, 0.65
"""How strong the colour of a class is where the model is least sure of it, and most."""


@in_style
def decision_surface(
    model: Any,
    x: Any,
    y: Any,
    *,
    threshold: float | None = None,
    names: Sequence[str] | None = None,
    title: str = "",
) -> Figure:
    """Draw what one model answers over the plane of its two inputs, and the data in it.

    A single output is drawn as a shade, and a line where it passes the threshold. Of several,
    one for each class, the largest gives the colour: the surer the model, the stronger.

    Args:
        model: one with `predict`, or a function of arrays of shape (n, 2).
        x: the points, of shape (n, 2).
        y: their targets: two numbers, such as 0 and 1; for a model of several outputs the
            numbers of classes, or a row for each point with a 1 at its class. Targets of more
            than two numbers, for a single output, are shades like the output's.
        threshold: the single output that separates the two answers: midway by default.
        names: of the classes.
        title: of the picture.

    Raises:
        TypeError: for what is no model.
        ShapeError: if x is not of shape (n, 2), or y or the model's output does not fit it.
        ValueError: for targets that are no classes of the model.
        RenderError: where matplotlib is not installed.

    >>> figure = decision_surface(lambda p: p[:, 0] * p[:, 1], [[0, 0], [1, 1]], [0, 1])
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['target 0', 'target 1', 'output = 0.5']
    """
    points = points_of("decision_surface", x)
    plane = Plane.around(points)
    outputs = outputs_of("decision_surface", model, plane.places)
    figure = matplotlib_figure(WIDTH_OF_KEY, 1.2 + 3.9 * plane.height_to_width)
    panel = figure.add_subplot(title=title)
    if outputs.shape[1] == 1:
        _single(figure, panel, plane, outputs, points, _targets(y, len(points)), threshold)
    else:
        kinds = _classes(y, len(points), outputs.shape[1])
        _regions(panel, plane, outputs)
        _dots_of_classes(panel, points, kinds, names)
        panel.legend(loc="upper left", bbox_to_anchor=(1.02, 1))
    plane.set_up(panel)
    return figure


def _single(
    figure: Figure,
    panel: Axes,
    plane: Plane,
    outputs: Array,
    points: Array,
    targets: Array,
    threshold: float | None,
) -> None:
    kinds = np.unique(targets)
    if len(kinds) > 2:
        shades = {"vmin": float(kinds[0]), "vmax": float(kinds[-1])}
        image = _shade(panel, plane, outputs, **shades)
        more = {"cmap": SHADES, "edgecolors": "white", "total": len(points), **shades}
        dots(panel, points, "o", targets, "target", **more)
        if threshold is not None:
            _boundary(panel, plane, outputs, threshold)
    else:
        low, high = kinds if len(kinds) == 2 else (0.0, 1.0)
        if threshold is None:
            threshold = float(low + high) / 2
        space = 0.25 * (high - low)
        image = _shade(panel, plane, outputs, vmin=low - space, vmax=high + space)
        _boundary(panel, plane, outputs, threshold)
        two_kinds_of_dots(panel, points, targets, (low, high))
        _key(figure, [panel], [], threshold)
    bar_beside(panel, image, label="output", extend="both")


def _targets(y: Any, count: int) -> Array:
    targets = numbers(y)
    if targets.size != count:
        raise ShapeError(
            f"decision_surface: y has shape {targets.shape}, and there are {count} points. For a "
            f"model of one output give a target for each point, of shape ({count},) or "
            f"({count}, 1)."
        )
    return targets.ravel()


def _classes(y: Any, count: int, known: int) -> Array:
    """Return the number of each point's class."""
    targets = numbers(y)
    if targets.shape == (count, known):
        return targets.argmax(axis=1)
    if targets.size != count:
        raise ShapeError(
            f"decision_surface: y has shape {targets.shape}. For {count} points and a model of "
            f"{known} outputs give numbers of classes, of shape ({count},), or a row for each "
            f"point, of shape ({count}, {known})."
        )
    targets = targets.ravel()
    wrong = targets[~np.isin(targets, np.arange(known))]
    if len(wrong):
        raise ValueError(
            f"decision_surface: y has {wrong[0]}, and the classes of a model of {known} outputs "
            f"are the numbers from 0 to {known - 1}."
        )
    return targets.astype(int)


def _regions(panel: Axes, plane: Plane, outputs: Array) -> None:
    """Give each place the colour of the class with the largest output."""
    from matplotlib.colors import to_rgb

    colours = np.array([to_rgb(COLOURS[n % len(COLOURS)]) for n in range(outputs.shape[1])])
    share = _strength(outputs)[:, None]
    mixed = share * colours[outputs.argmax(axis=1)] + (1 - share)
    panel.pcolormesh(plane.x1, plane.x2, mixed.reshape(*plane.x1.shape, 3), rasterized=True)
    for number in range(outputs.shape[1]):
        others = np.delete(outputs, number, axis=1).max(axis=1)
        _boundary(panel, plane, outputs[:, number] - others, 0, color=INK)


def _strength(outputs: Array) -> Array:
    """Return how strong colours are: by the probability of the winner, if these are such."""
    total = outputs.sum(axis=1)
    if outputs.min() < 0 or not np.allclose(total, 1, atol=1e-3):
        return np.full(len(outputs), (PALE + FULL) / 2)
    least = 1 / outputs.shape[1]
    return PALE + (FULL - PALE) * np.clip((outputs.max(axis=1) - least) / (1 - least), 0, 1)


def _dots_of_classes(panel: Axes, points: Array, kinds: Array, names: Sequence[str] | None) -> None:
    for number in np.unique(kinds):
        name = names[number] if names is not None and number < len(names) else f"class {number}"
        marker, colour = MARKERS[number % len(MARKERS)], COLOURS[number % len(COLOURS)]
        chosen = points[kinds == number]
        dots(panel, chosen, marker, colour, name, total=len(points), edgecolors="white",
             linewidths=0.6)  # fmt: skip


@in_style
def decision_surfaces(
    models: Mapping[str, Callable[[Array], Array]],
    points: Any,
    targets: Mapping[str, Any],
    threshold: float = 0.5,
) -> Figure:
    """Draw what each named model answers over the plane of its two inputs.

    Args:
        models: functions from inputs of shape (n, 2) to outputs of shape (n, 1), or models with
            `predict`.
        points: the training inputs, of shape (n, 2).
        targets: for each model the n targets, 0 or 1.
        threshold: the output that separates the two answers, drawn as a line.

    Raises `RenderError` where matplotlib is not installed.
    """
    points = points_of("decision_surfaces", points)
    plane = Plane.around(points)
    columns = min(len(models), 3)
    rows = -(-len(models) // columns)
    figure = matplotlib_figure(max(3.6 * columns, WIDTH_OF_KEY), 3.4 * rows)
    used, free = panels(figure, len(models))
    for panel, (name, model) in zip(used, models.items(), strict=True):
        outputs = outputs_of("decision_surfaces", model, plane.places)
        image = _shade(panel, plane, outputs, vmin=-0.25, vmax=1.25)
        _boundary(panel, plane, outputs, threshold)
        two_kinds_of_dots(panel, points, np.ravel(targets[name]))
        plane.set_up(panel)
        panel.set_title(name)
    figure.colorbar(image, ax=[*used, *free], label="output", extend="both")
    _key(figure, used, free, threshold)
    return figure


def _shade(panel: Axes, plane: Plane, outputs: Array, vmin: float, vmax: float) -> Any:
    grid = plane.shaped(outputs)
    return panel.pcolormesh(
        plane.x1, plane.x2, grid, cmap=SHADES, vmin=vmin, vmax=vmax, rasterized=True
    )


def _boundary(
    panel: Axes, plane: Plane, outputs: Array, threshold: float, color: str = "white"
) -> None:
    grid = plane.shaped(outputs)
    if grid.min() < threshold < grid.max():  # matplotlib warns of a contour that is nowhere
        panel.contour(plane.x1, plane.x2, grid, levels=[threshold], colors=color, linewidths=2)


def _key(figure: Figure, used: Sequence[Axes], free: Sequence[Axes], threshold: float) -> None:
    """Explain the marks in an empty panel or, where there is none, below all."""
    (boundary,) = used[0].plot([], [], color="white", linewidth=2)
    handles, labels = used[0].get_legend_handles_labels()
    handles, labels = [*handles, boundary], [*labels, f"output = {threshold:g}"]
    if free:
        free[-1].legend(handles, labels, loc="center", **_KEY)
    else:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, **_KEY)
