"""Training made visible: curves, surfaces, lines, histograms (matplotlib, extra `plot`).

Each function returns a figure, which a notebook displays and `save_figure` writes to a file, or
an `Animation`. All are of one style, for every kind of colour vision and for grey print.

>>> type(curves({"loss": [0.5, 0.25]})).__mro__[1].__name__
'Figure'
"""

from tinygrad_gates.picture.plots.animation import Animation
from tinygrad_gates.picture.plots.loss_map import loss_surface
from tinygrad_gates.picture.plots.separating_line import separating_lines
from tinygrad_gates.picture.plots.style import (
    COLOURS,
    LINES,
    MARKERS,
    matplotlib_figure,
    save_figure,
    style,
)
from tinygrad_gates.picture.plots.surfaces import decision_surface, decision_surfaces
from tinygrad_gates.picture.plots.training_curves import curves, loss_curves
from tinygrad_gates.picture.plots.weight_histograms import histograms

__all__ = [
    "COLOURS",
    "LINES",
    "MARKERS",
    "Animation",
    "curves",
    "decision_surface",
    "decision_surfaces",
    "histograms",
    "loss_curves",
    "loss_surface",
    "matplotlib_figure",
    "save_figure",
    "separating_lines",
    "style",
]
