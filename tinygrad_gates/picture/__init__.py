"""Pictures of computations, and of training (those need matplotlib, extra `plot`).

>>> from tinygrad_gates import Value
>>> picture = graph(Value(2.0, label="x") * Value(3.0, label="w"))
>>> type(picture).__name__
'Graph'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tinygrad_gates.nodes import Edge, Field, Node
from tinygrad_gates.picture.dot import Graph
from tinygrad_gates.picture.graph import graph
from tinygrad_gates.picture.player import Player, player

if TYPE_CHECKING:
    from tinygrad_gates.picture.plots.animation import Animation
    from tinygrad_gates.picture.plots.loss_map import loss_surface
    from tinygrad_gates.picture.plots.separating_line import separating_lines
    from tinygrad_gates.picture.plots.style import save_figure
    from tinygrad_gates.picture.plots.surfaces import decision_surface, decision_surfaces
    from tinygrad_gates.picture.plots.training_curves import curves, loss_curves
    from tinygrad_gates.picture.plots.weight_histograms import histograms

__all__ = [
    "Animation",
    "Edge",
    "Field",
    "Graph",
    "Node",
    "Player",
    "curves",
    "decision_surface",
    "decision_surfaces",
    "graph",
    "histograms",
    "loss_curves",
    "loss_surface",
    "player",
    "plots",
    "save_figure",
    "separating_lines",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    plots = import_module(f"{__name__}.plots")
    return plots if name == "plots" else getattr(plots, name)
