"""The course of lines that separate answers: a picture of each moment, and one of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates.picture.plots.inputs import Array
from tinygrad_gates.picture.plots.plane import Plane, two_kinds_of_dots
from tinygrad_gates.picture.plots.style import (
    COLOURS,
    FAINT,
    LINES,
    SHADES,
    bar_beside,
    in_style,
    matplotlib_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAIL = 12
"""So many earlier lines are still to be seen."""
SIDES = "#FFFFFF", "#DCE9F3"
"""The colours of the two answers: pale, and told apart in grey."""


@dataclass
class Course:
    """What is drawn: outputs of shape (units, height, width) for each moment, and the data."""

    plane: Plane
    points: Array
    targets: Array
    kinds: tuple[float, float]
    outputs: list[Array]
    threshold: float
    title: str
    _lines: dict[tuple[int, int], list[Array]] = field(default_factory=dict)

    @in_style
    def frame(self, number: int, caption: str) -> Figure:
        """Draw one moment: its lines, those shortly before it, and the sides of a single one."""
        figure, panel = self._empty(5.0)
        outputs = self.outputs[number]
        if len(outputs) == 1:
            self._sides(panel, outputs[0])
        for earlier in range(max(0, number - TRAIL), number):
            age = (number - earlier) / (TRAIL + 1)
            for unit in range(len(outputs)):
                self._draw(panel, earlier, unit, color=FAINT, alpha=0.7 * (1 - age), linewidth=1)
        for unit in range(len(outputs)):
            self._draw(panel, number, unit, **self._looks(unit))
        return self._finished(figure, panel, f"{self.title}: {caption}")

    @in_style
    def still(self, captions: Sequence[str]) -> Figure:
        """Draw the lines of all moments, from dark to light, and the last one in full."""
        from matplotlib import colormaps

        figure, panel = self._empty(4.1)
        last = len(self.outputs) - 1
        shades = colormaps[SHADES](np.linspace(0, 1, last + 1))
        for number, unit in np.ndindex(last, len(self.outputs[0])):
            self._draw(panel, number, unit, color=shades[number], linewidth=1.2)
        for unit in range(len(self.outputs[last])):
            self._draw(panel, last, unit, **self._looks(unit))
        if last:
            _bar(panel, captions)
        return self._finished(figure, panel, self.title)

    def _empty(self, width: float) -> tuple[Figure, Axes]:
        """Return a figure for a panel of this width, in inches."""
        figure = matplotlib_figure(5.6, 1.4 + width * self.plane.height_to_width)
        return figure, figure.add_subplot()

    def _finished(self, figure: Figure, panel: Axes, title: str) -> Figure:
        two_kinds_of_dots(panel, self.points, self.targets, self.kinds)
        self.plane.set_up(panel)
        panel.set_title(title)
        figure.legend(loc="outside lower center", ncols=5, columnspacing=1)
        return figure

    def _sides(self, panel: Axes, outputs: Array) -> None:
        low, high = float(outputs.min()), float(outputs.max())
        levels = [min(low, self.threshold) - 1, self.threshold, max(high, self.threshold) + 1]
        panel.contourf(self.plane.x1, self.plane.x2, outputs, levels=levels, colors=SIDES)

    def _draw(self, panel: Axes, number: int, unit: int, **looks: Any) -> None:
        label = looks.pop("label", None)
        for part in self._line(panel, number, unit):
            panel.plot(part[:, 0], part[:, 1], label=label, **looks)
            label = None  # once in the key

    def _line(self, panel: Axes, number: int, unit: int) -> list[Array]:
        """Return where a unit's output is the threshold: the corners of one line, or several."""
        if (number, unit) not in self._lines:
            grid = self.outputs[number][unit]
            parts: list[Array] = []
            if grid.min() < self.threshold < grid.max():
                found = panel.contour(self.plane.x1, self.plane.x2, grid, levels=[self.threshold])
                parts = [part for part in found.allsegs[0] if len(part)]
                found.remove()
            self._lines[number, unit] = parts
        return self._lines[number, unit]

    def _looks(self, unit: int) -> dict[str, Any]:
        """Return how a unit's line looks; one of many units is told apart no more."""
        units = len(self.outputs[0])
        if units == 1:
            label = f"output = {self.threshold:g}"
            return {"color": COLOURS[1], "linewidth": 3, "label": label}
        if units > len(COLOURS):
            first = {"label": f"{units} units"} if unit == 0 else {}
            return {"color": COLOURS[1], "linewidth": 1.2, **first}
        looks = {"color": COLOURS[unit], "linestyle": LINES[unit], "linewidth": 2.5}
        return {**looks, "label": f"unit {unit + 1}"}


def _bar(panel: Axes, captions: Sequence[str]) -> None:
    """Explain the shades of the lines: the first and the last caption at the ends."""
    from matplotlib.cm import ScalarMappable

    bar = bar_beside(panel, ScalarMappable(cmap=SHADES), ticks=[0, 1])
    bar.ax.set_yticklabels([captions[0], captions[-1]])
