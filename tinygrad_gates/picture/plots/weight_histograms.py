"""Histograms of weights, and of their gradients beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates.core.backward import gradients as gradients_of
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.picture.plots.inputs import Array, numbers
from tinygrad_gates.picture.plots.style import COLOURS, FAINT, INK, in_style, matplotlib_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS = 30
"""Bars, unless others are asked for, at most."""
WEIGHTS, GRADIENTS = COLOURS[0], COLOURS[1]
COLUMNS = 3
"""Of weights alone."""

Cell = tuple[str, Array | None, str]
"""A panel's name, its numbers, if there are any, and its colour."""

Named = dict[str, tuple[Array, Array | None]]
"""Weights, and their gradients where there are such."""


@in_style
def histograms(
    model: Any,
    gradients: Sequence[Any] | None = None,
    *,
    x: Any = None,
    y: Any = None,
    bins: int | None = None,
    title: str = "",
) -> Figure:
    """Draw how the numbers of each weight are spread and, beside it, those of its gradient.

    Below each are its mean and its standard deviation, and a line marks zero: weights that all
    became equal, and gradients that vanish or explode, are seen at once.

    Args:
        model: one with `weights`; or weights by their names, or in a list.
        gradients: of the weights that are trained, in their order, as
            `tinygrad_gates.gradients` returns them.
        x: data to compute gradients from, with the loss of `compile`.
        y: their targets.
        bins: how many bars a histogram has: by default the more, the more numbers there are.
        title: of the whole.

    Raises:
        TypeError: for a model without weights, or gradients given in both ways.
        ShapeError: if the gradients do not fit the weights.
        ValueError: if there are no weights, as before a model is built.
        RenderError: where matplotlib is not installed.

    >>> figure = histograms({"kernel": [0.5, -0.5]}, gradients=[[0.1, 0.2]])
    >>> [panel.get_title() for panel in figure.axes]
    ['kernel (2,)', 'gradient of kernel']
    """
    if x is not None and gradients is not None:
        raise TypeError("histograms: gradients are given, and x to compute them. Give one of both.")
    if x is not None:
        gradients = _computed(model, x, y)
    drawn = _paired(model, gradients)
    if gradients is None:
        columns = min(COLUMNS, len(drawn))
        cells: list[Cell] = [(name, weight, WEIGHTS) for name, (weight, _) in drawn.items()]
    else:
        columns, cells = 2, []
        for name, (weight, gradient) in drawn.items():
            cells.append((name, weight, WEIGHTS))
            cells.append((f"gradient of {name}", gradient, GRADIENTS))
    rows = -(-len(cells) // columns)
    figure = matplotlib_figure(3.6 * max(columns, 1.4), 2.3 * rows + 0.4)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel in panels[len(cells) :]:
        panel.set_axis_off()
    for panel, (name, array, colour) in zip(panels, cells, strict=False):
        _panel(panel, name, array, colour, bins)
    figure.suptitle(title)
    return figure


def _computed(model: Any, x: Any, y: Any) -> list[Array]:
    """Return the gradients of the loss of a model."""
    if not hasattr(model, "compute_loss"):
        raise TypeError(
            f"histograms: {type(model).__name__} has no compute_loss() to compute gradients of. "
            f"Give gradients=, as tinygrad_gates.gradients returns them."
        )
    x, y = np.asarray(x), np.asarray(y)
    loss = model.compute_loss(x=x, y=y, y_pred=model(x))
    return gradients_of(loss, model.trainable_weights)


def _paired(model: Any, gradients: Sequence[Any] | None) -> Named:
    """Return weights and gradients by the names of the weights."""
    weights = _weights(model)
    if not weights:
        raise ValueError(
            "histograms: the model has no weights yet. Build it first: give its first layer "
            "input_shape=, or call it."
        )
    arrays = {name: numbers(weight) for name, weight in weights.items()}
    trained = [n for n, weight in weights.items() if getattr(weight, "trainable", True)]
    given: dict[str, Array] = {}
    if gradients is not None:
        if len(gradients) != len(trained):
            raise ShapeError(
                f"histograms: {len(gradients)} gradients are given, and {len(trained)} weights "
                f"are trained: {', '.join(trained)}. Give one for each, in this order."
            )
        given = dict(zip(trained, map(numbers, gradients), strict=True))
    for name, gradient in given.items():
        if gradient.shape != arrays[name].shape:
            raise ShapeError(
                f"histograms: the gradient of {name} has shape {gradient.shape}, and the weight "
                f"{arrays[name].shape}. Give gradients in the order {', '.join(trained)}."
            )
    return {name: (array, given.get(name)) for name, array in arrays.items()}


def _weights(model: Any) -> dict[str, Any]:
    weights = getattr(model, "weights", model)
    if isinstance(weights, Mapping):
        return {str(name): weight for name, weight in weights.items()}
    if not isinstance(weights, Sequence) or isinstance(weights, str):
        raise TypeError(
            f"histograms: {model!r} of type {type(model).__name__} has no weights. Give a model, "
            f"or a dict of arrays by their names, or a list of arrays."
        )
    named: dict[str, Any] = {}
    for number, weight in enumerate(weights):
        name = getattr(weight, "path", f"weight {number}")
        named[f"{name} ({number})" if name in named else name] = weight
    return _shortened(named)


def _shortened(named: dict[str, Any]) -> dict[str, Any]:
    """Return weights without the name of the model, if it begins the names of all."""
    first = {name.partition("/")[0] for name in named}
    if len(first) > 1 or any(name.count("/") < 2 for name in named):
        return named
    return {name.partition("/")[2]: weight for name, weight in named.items()}


def _panel(panel: Axes, name: str, array: Array | None, colour: str, bins: int | None) -> None:
    if array is None:
        panel.set_axis_off()
        panel.text(0.5, 0.5, "not trained", ha="center", color=FAINT, transform=panel.transAxes)
        return
    finite = np.asarray(array, float).ravel()
    finite = finite[np.isfinite(finite)]
    notes = []
    if len(finite):
        _bars(panel, finite, colour, bins)
        notes.append(f"mean {finite.mean():.3g}, deviation {finite.std():.2g}".replace("-", "−"))
    if len(finite) < array.size:
        notes.append(f"{array.size - len(finite)} of {array.size} are not finite")
    panel.axvline(0, color=INK, linewidth=1, linestyle=":")
    panel.set_title(f"{name} {array.shape}" if colour == WEIGHTS else name, fontsize=10)
    panel.set_xlabel("\n".join(notes), fontsize=9)
    panel.grid(False, axis="x")
    panel.locator_params(axis="x", nbins=5)
    panel.locator_params(axis="y", integer=True, nbins=4)


def _bars(panel: Axes, finite: Array, colour: str, bins: int | None) -> None:
    first = float(finite[0])
    if np.all(finite == first):  # one bar, where it is
        panel.bar([first], [len(finite)], width=0.05 * (abs(first) or 1), color=colour)
        return
    if bins is None:
        bins = min(BINS, max(5, round(2 * len(finite) ** 0.5)))
    panel.hist(finite, bins, color=colour, edgecolor="white", linewidth=0.4)
