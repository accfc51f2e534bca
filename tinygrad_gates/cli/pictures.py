"""The pictures of a training, which both commands write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tinygrad_gates.cli.step import backprop
from tinygrad_gates.core import gradients
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture import player
from tinygrad_gates.picture.plots import (
    curves,
    decision_surface,
    histograms,
    save_figure,
    separating_lines,
)

FRAMES = 16


def training_pictures(
    model: Sequential,
    history: Mapping[str, Sequence[float]],
    recorded: WeightRecorder,
    x: Any,
    y: Any,
    folder: Path,
) -> Iterator[Path]:
    """Write the pictures of one training into a folder; yield the path of each when it is there."""
    yield save_figure(curves(history), folder / "curves.png")
    yield save_figure(decision_surface(model, x, y), folder / "decision-surface.png")
    yield weight_picture(model, x, y, folder / "weights.png")
    yield line_picture(recorded, x, y, folder / "separating-line.gif")
    yield player_page(model, x, y, folder / "backprop.html")


def weight_picture(model: Sequential, x: Any, y: Any, path: Path) -> Path:
    """Draw the weights and their gradients on some data."""
    slopes = gradients(backprop(model, x, y), model.trainable_weights)
    return save_figure(histograms(model, slopes), path)


def line_picture(recorded: WeightRecorder, x: Any, y: Any, path: Path) -> Path:
    """Draw how the separating line moved."""
    return separating_lines(recorded, x, y, frames=FRAMES).save(path)


def player_page(model: Sequential, x: Any, y: Any, path: Path) -> Path:
    """Write the page that steps through a training step's computation."""
    return player(backprop(model, x, y)).save(path)
