"""Plots of training: loss curves and decision surfaces (matplotlib, extra `plot`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates.errors import RenderError
from tinygrad_gates.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers, and by line style in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))

# Grey behind black and white marks, so that both can be seen.
_KEY: dict[str, Any] = {"facecolor": "0.6", "framealpha": 1, "fontsize": "large"}


MARGIN = 0.5
"""How far a surface is drawn beyond the points."""
FEW = 16
"""Up to so many points are drawn large."""
WIDTH_OF_KEY = 5.4
"""What a key below the panels takes, in inches."""


def matplotlib_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, drawn without a screen.

    Raises `RenderError` where matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise RenderError("plots need matplotlib: pip install 'tinygrad-gates[plot]'") from None
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write a figure whole or not at all; the suffix of the name gives the format.

    Raises `RenderError` for a suffix that matplotlib does not know.
    """
    path, content = Path(path), BytesIO()
    kinds = figure.canvas.get_supported_filetypes()
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        known = ", ".join(f".{known}" for known in sorted(kinds))
        raise RenderError(f"A plot is saved as {known}, and {path.name!r} ends in none of these.")
    figure.savefig(content, dpi=150, format=kind)
    write_bytes(path, content.getvalue())
    return path


def loss_curves(losses: Mapping[str, Sequence[float]], title: str = "") -> Figure:
    """Draw the loss of each named training against its epochs, on a logarithmic scale.

    Raises `RenderError` where matplotlib is not installed.
    """
    figure = matplotlib_figure(7, 4.2)
    axes = figure.add_subplot()
    for position, (name, loss) in enumerate(losses.items()):
        axes.plot(
            np.arange(1, len(loss) + 1),
            loss,
            label=name,
            color=COLOURS[position % len(COLOURS)],
            linestyle=LINES[position % len(LINES)],
        )
    axes.set(xlabel="epoch", ylabel="loss", yscale="log", title=title)
    axes.margins(x=0.02)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    return figure


def decision_surfaces(
    models: Mapping[str, Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]],
    points: Any,
    targets: Mapping[str, Any],
    threshold: float = 0.5,
) -> Figure:
    """Draw what each named model answers over the plane of its two inputs.

    Args:
        models: functions from inputs of shape (n, 2) to outputs of shape (n, 1).
        points: the training inputs, of shape (n, 2).
        targets: for each model the n targets, 0 or 1.
        threshold: the output that separates the two answers, drawn as a line.

    Raises `RenderError` where matplotlib is not installed.
    """
    columns = min(len(models), 3)
    rows = -(-len(models) // columns)
    figure = matplotlib_figure(max(3.6 * columns, WIDTH_OF_KEY), 3.4 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel in panels[len(models) :]:
        panel.set_axis_off()
    for panel, (name, model) in zip(panels, models.items(), strict=False):
        image = _surface(panel, model, np.asarray(points), threshold)
        _dots(panel, np.asarray(points), np.ravel(targets[name]))
        panel.set_title(name)
    figure.colorbar(image, ax=panels.tolist(), label="output", extend="both")
    _key(figure, panels, len(models), threshold)
    return figure


def _key(figure: Figure, panels: Any, used: int, threshold: float) -> None:
    """Explain the marks in an empty panel or, where there is none, below all."""
    (boundary,) = panels[0].plot([], [], color="white", linewidth=2)
    handles, labels = panels[0].get_legend_handles_labels()
    handles, labels = [*handles, boundary], [*labels, f"output = {threshold:g}"]
    if used < len(panels):
        panels[-1].legend(handles, labels, loc="center", **_KEY)
    else:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, **_KEY)


def _surface(
    panel: Axes, model: Callable[..., Any], points: np.ndarray[Any, Any], threshold: float
) -> Any:
    low, high = points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN
    sides = [np.linspace(*ends, 121, dtype=np.float32) for ends in zip(low, high, strict=True)]
    x1, x2 = np.meshgrid(*sides)
    output = np.asarray(model(np.stack([x1.ravel(), x2.ravel()], axis=1))).reshape(x1.shape)
    image = panel.pcolormesh(x1, x2, output, cmap="cividis", vmin=-0.25, vmax=1.25, rasterized=True)
    panel.contour(x1, x2, output, levels=[threshold], colors="white", linewidths=2)
    ticks = [np.arange(np.ceil(a), b + 1e-9) for a, b in zip(low, high, strict=True)]
    panel.set(xlabel="x1", ylabel="x2", aspect="equal", xticks=ticks[0], yticks=ticks[1])
    return image


def _dots(panel: Axes, points: np.ndarray[Any, Any], targets: np.ndarray[Any, Any]) -> None:
    for target, marker, face in ((0, "o", "black"), (1, "s", "white")):
        chosen = points[targets == target]
        panel.scatter(
            chosen[:, 0],
            chosen[:, 1],
            s=90 if len(points) <= FEW else 20,
            marker=marker,
            c=face,
            edgecolors="grey",
            zorder=3,
            label=f"target {target}",
        )
