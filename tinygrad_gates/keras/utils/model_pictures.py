"""What a model computes on some data, as a picture or a player: its layers are the parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.trainers.arrays import is_several
from tinygrad_gates.keras.utils.model_visualization import picture_of_layers
from tinygrad_gates.picture import Graph, Player, graph, player

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model


def model_graph(
    model: Model, x: Any, y: Any, expand: bool, rankdir: str | None, options: dict[str, Any]
) -> Graph:
    """Draw a model's layers, or what they compute on data; see `Model.graph`."""
    if not expand and x is None and not options:
        frozen = any(not layer.trainable for layer in model.layers)
        return picture_of_layers(model, rankdir or "TB", True, False, True, False, True, frozen)
    result = computed(model, x, y)
    options["rankdir"] = rankdir or "LR"
    if y is None:
        return graph(result, **options)
    with _gradients(result, model):
        return graph(result, **options)


def model_player(model: Model, x: Any, y: Any, options: dict[str, Any]) -> Player:
    """Step through what a model computes on data; see `Model.player`."""
    return player(computed(model, x, y), **options)


def computed(model: Model, x: Any, y: Any) -> Value:
    """Return a model's output on data, or its loss if there are targets."""
    given = _one_of_each(model) if x is None else _arrays(x)
    names = iter(_input_names(model, len(trees.leaves(given))))
    inputs = trees.transform(lambda data: _labelled(data, next(names)), given)
    outputs = model(inputs, training=False)
    if y is None:
        first: Value = trees.leaves(outputs)[0]
        first.label = first.label or "output"
        return first
    targets = trees.transform(lambda data: _labelled(data, "y"), _arrays(y))
    loss: Value = model.compute_loss(inputs, targets, outputs)
    loss.label = "loss"
    return loss


def _arrays(data: Any) -> Any:
    """Return numbers in lists as one array; what is several arrays as it is."""
    return data if isinstance(data, dict) or is_several(data) else np.asarray(data)


def _one_of_each(model: Model) -> Any:
    if not model.built:
        raise ValueError(
            f"{model.name}.graph: the model is not built, so the shape of its input is unknown: "
            f"give data, as graph(x)."
        )
    data = [np.ones([1 if n is None else n for n in place.shape]) for place in model.inputs]
    return data if len(data) > 1 else data[0]


def _input_names(model: Model, count: int) -> list[str]:
    return ["x"] if count == 1 else [f"x{place}" for place in range(1, count + 1)]


def _labelled(data: Any, label: str) -> Value:
    return data if isinstance(data, Value) else Value(np.asarray(data), label, requires_grad=False)


@contextmanager
def _gradients(loss: Value, model: Model) -> Iterator[None]:
    """Let Values have their gradients for a while; the weights' own are then as before."""
    before = [(variable, variable.grad) for variable in model.weights if variable.has_grad]
    for variable, _ in before:
        del variable.grad
    try:
        loss.backward()
        yield
    finally:
        for variable in model.weights:
            if variable.has_grad:
                del variable.grad
        for variable, gradient in before:
            variable.grad = gradient
