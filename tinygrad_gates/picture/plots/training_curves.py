"""Curves: what was reported after each epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tinygrad_gates.picture.plots.inputs import Array
from tinygrad_gates.picture.plots.style import (
    COLOURS,
    LINES,
    MARKERS,
    in_style,
    matplotlib_figure,
    number_axis,
    panels,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RATES = ("learning_rate", "lr")
WIDE = 20
"""From this ratio of its ends on, a loss has a logarithmic scale."""
MARKS = 8
"""So many markers are on a line."""


class Run(NamedTuple):
    """One training: the numbers of each key, and the numbers of its epochs, from 1."""

    logs: dict[str, Array]
    epochs: Array

    @property
    def keys(self) -> list[str]:
        """Return the keys that have a panel: the loss, metrics, the learning rate."""
        bare = dict.fromkeys(key.removeprefix("val_") for key in self.logs)
        return sorted(bare, key=lambda key: (key != "loss", key in RATES))


@in_style
def curves(history: Any, *, title: str = "") -> Figure:
    """Draw the loss, every metric and the learning rate over the epochs, each in its own panel.

    What was measured on validation data is dashed, beside its partner. Losses and rates that
    range widely are on a logarithmic scale. Numbers fewer than the epochs, as `validation_freq`
    makes them, are spread evenly over these.

    Args:
        history: what `fit` returned, or its `history`: for each key the numbers of all epochs;
            or several of them by their names, to compare.
        title: of the whole.

    Raises:
        TypeError: for anything else.
        ValueError: if there is nothing to draw.
        RenderError: where matplotlib is not installed.

    >>> figure = curves({"loss": [0.9, 0.5], "val_loss": [1.0, 0.7], "acc": [0.5, 1.0]})
    >>> [panel.get_title() for panel in figure.axes]
    ['loss', 'acc']
    """
    runs = _runs(history)
    keys = [*dict.fromkeys(key for run in runs.values() for key in run.keys)]
    keys.sort(key=lambda key: key in RATES)
    columns = 2 if len(keys) in (2, 4) else 3
    across = min(len(keys), columns)
    figure = matplotlib_figure(max(4 * across, 6), 3.2 * -(-len(keys) // columns) + 0.4)
    for key, panel in zip(keys, panels(figure, len(keys), columns)[0], strict=True):
        _panel(panel, key, runs)
    figure.suptitle(title)
    _key(figure, len(runs))
    return figure


def _runs(history: Any) -> dict[str, Run]:
    """Return trainings by their names; "" is that of a single one."""
    found = _logs(history)
    several = [item for item in found.values() if _logs_or_none(item) is not None]
    if not several:
        return {"": _run(history)}
    if len(several) != len(found):
        raise TypeError(
            "curves: some of the names have numbers, and others trainings. Give the numbers of "
            "one training, or several trainings by their names."
        )
    return {str(name): _run(item) for name, item in found.items()}


def _logs_or_none(history: Any) -> Mapping[Any, Any] | None:
    logs = getattr(history, "history", history)
    return logs if isinstance(logs, Mapping) else None


def _logs(history: Any) -> Mapping[Any, Any]:
    logs = _logs_or_none(history)
    if logs is None:
        raise TypeError(
            f"curves: history={history!r} of type {type(history).__name__} has no numbers by "
            f"their names. Give what fit returned, or a dict such as {{'loss': [0.9, 0.5]}}."
        )
    return logs


def _run(history: Any) -> Run:
    logs = {str(key): _series(key, numbers) for key, numbers in _logs(history).items()}
    count = max((len(numbers) for numbers in logs.values()), default=0)
    if not count:
        raise ValueError("curves: no epoch has been recorded: there is nothing to draw.")
    given = getattr(history, "epoch", None)
    known = given is not None and len(given) == count
    return Run(logs, np.asarray(given if known else range(count)) + 1)


def _series(key: Any, numbers: Any) -> Array:
    try:
        array = np.asarray(numbers, float)
    except (TypeError, ValueError):
        array = np.empty(())
    if array.ndim not in (1, 2):
        raise TypeError(f"curves: {key!r} is {numbers!r}. Give a number for each epoch.")
    return np.where(np.isfinite(array), array, np.nan)


def _panel(panel: Axes, key: str, runs: Mapping[str, Run]) -> None:
    shown = []
    for position, (name, run) in enumerate(runs.items()):
        for is_validation in (False, True):
            numbers = run.logs.get(f"val_{key}" if is_validation else key)
            if numbers is None:
                continue
            shown.append(numbers.ravel())
            x = _epochs_of(run, len(numbers))
            panel.plot(x, numbers, **_looks(len(x), position, is_validation, name))
    panel.set(title=key, xlabel="epoch")
    panel.margins(x=0.02)
    whole_numbers(panel.xaxis)
    if (key in RATES or "loss" in key) and _is_wide(np.concatenate(shown)):
        panel.set_yscale("log")
        number_axis(panel.yaxis)


def _epochs_of(run: Run, count: int) -> Array:
    step = len(run.epochs) // count if count else 1
    return run.epochs[step - 1 :: step][:count]


def _looks(count: int, position: int, is_validation: bool, name: str) -> dict[str, Any]:
    part = "validation" if is_validation else "training"
    looks: dict[str, Any] = {
        "linestyle": "--" if is_validation else "-",
        "color": COLOURS[(position if name else is_validation) % len(COLOURS)],
        "label": f"{name}, validation" if name and is_validation else name or part,
    }
    if name or count == 1:  # a line of one point is seen by its marker alone
        looks |= {
            "marker": MARKERS[position % len(MARKERS)],
            "markevery": max(1, count // MARKS),
            "markersize": 5,
        }
    return looks


def _is_wide(numbers: Array) -> bool:
    numbers = numbers[np.isfinite(numbers)]
    return bool(len(numbers) and numbers.min() > 0 and numbers.max() >= WIDE * numbers.min())


def _key(figure: Figure, runs: int) -> None:
    """Explain lines once for all panels, unless there is only one kind."""
    lines: dict[Any, Any] = {}
    for panel in figure.axes:
        for line, label in zip(*panel.get_legend_handles_labels(), strict=True):
            lines.setdefault(label, line)
    if [*lines] == ["training"]:
        return
    # a column is filled before the next: each holds whole runs
    columns = len(lines) if runs == 1 else runs if runs <= 4 else -(-runs // 2)
    figure.legend([*lines.values()], [*lines], loc="outside lower center", ncols=columns)


@in_style
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
    whole_numbers(axes.xaxis)
    number_axis(axes.yaxis)
    axes.legend()
    return figure
