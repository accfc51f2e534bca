"""A picture of reports: how long each contender takes, on one scale for each work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks import moons
from benchmarks.contenders import ours
from benchmarks.report import Report, Unit, amount
from benchmarks.sidebyside import Spread

_OURS, _OTHERS = "#c0392b", "#8fa3b0"


def draw(reports: Sequence[Report], file: Path) -> None:
    """Draw bars for each contender, its median with the quartiles, logarithmic where need be."""
    heights = [len(report.samples) + 2.5 for report in reports]
    figure = Figure(figsize=(8, 0.24 * sum(heights)), layout="constrained")
    panels = figure.subplots(len(reports), 1, height_ratios=heights, squeeze=False)
    for axes, report in zip(panels[:, 0], reports, strict=True):
        _panel(axes, report)
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def _panel(axes: Axes, report: Report) -> None:
    spreads = {name: Spread.of(figures) for name, figures in report.samples.items()}
    names = sorted(spreads, key=lambda name: -spreads[name].median)
    medians = [spreads[name].median for name in names]
    end = 1.3 * max(medians)  # what varies widely does not make the others small
    below = [m - spreads[name].low for name, m in zip(names, medians, strict=True)]
    above = [min(spreads[name].high, end) - m for name, m in zip(names, medians, strict=True)]
    colors = [_OURS if _is_ours(name) else _OTHERS for name in names]
    labels = [f"tinygrad_gates: {name}" if _is_ours(name) else name for name in names]
    bars = axes.barh(labels, medians, color=colors, xerr=[below, above], error_kw={"lw": 0.8})
    axes.bar_label(bars, [amount(m, report.unit) for m in medians], padding=4, fontsize=8)
    if max(medians) > 20 * min(medians):
        axes.set_xscale("log")
        axes.set_xlim(min(medians) / 3, max(medians) * 4)
    else:
        axes.set_xlim(0, 1.15 * end)
    axes.set_title(report.title, fontsize=9, loc="left", fontweight="bold")
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(x, report.unit)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _tick(x: float, unit: Unit) -> str:
    return amount(x, unit) if x > 0 else "0"


def _is_ours(name: str) -> bool:
    return name in (*ours.OURS, *moons.OURS)
