"""A model as a picture of its layers, with shapes and parameters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tinygrad_gates import trees
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.nodes import Role
from tinygrad_gates.picture import Edge, Graph, Node
from tinygrad_gates.picture.dot import draw

if TYPE_CHECKING:
    from tinygrad_gates.keras.layers.layer import Layer
    from tinygrad_gates.keras.models.model import Model


def model_to_dot(
    model: Model,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> Graph:
    """Return a model as a picture of its layers.

    Args:
        model: built.
        show_shapes: whether shapes of outputs are shown.
        show_dtype: whether dtypes are shown.
        show_layer_names: whether names are shown beside classes.
        rankdir: where edges lead: "TB" down, "LR" to the right.
        expand_nested: whether the layers of models inside are drawn.
        dpi: the resolution of a bitmap.
        subgraph: taken for Keras's sake.
        show_layer_activations: whether activation functions are shown.
        show_trainable: whether it is shown which layers are frozen.

    Raises:
        ValueError: if the model is not built, or dpi is no positive number.

    >>> from tinygrad_gates.keras import Input, Sequential
    >>> from tinygrad_gates.keras.layers import Dense
    >>> picture = model_to_dot(Sequential([Input((2,)), Dense(1)]), show_shapes=True)
    >>> "(None, 1)" in picture.source
    True
    """
    real("model_to_dot", "dpi", dpi, 1)
    shown = (show_shapes, show_dtype, show_layer_names, expand_nested)
    picture = picture_of_layers(model, rankdir, *shown, show_layer_activations, show_trainable)
    picture.attr(dpi=str(dpi))
    return picture


def picture_of_layers(model: Model, rankdir: str, *shown: bool) -> Graph:
    """Return a model as a picture of its layers, of the usual size.

    Args:
        model: built.
        rankdir: where edges lead.
        *shown: whether shapes, dtypes, names, layers of models inside, activations and what is
            frozen are shown.

    Raises:
        ValueError: if the model is not built.
    """
    if not model.built:
        raise ValueError(
            f"{model.name} is not built, so its shapes are unknown. Call it on data, or "
            f"build(input_shape), first."
        )
    drawing = _Drawing(*shown)
    drawing.add(model)
    return draw(drawing.nodes, drawing.edges, rankdir=rankdir)


def plot_model(
    model: Model,
    to_file: str | os.PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> Graph:
    """Write a picture of a model's layers to a file, and return it; no system Graphviz is needed.

    Args:
        model: built.
        to_file: ends with .png, .svg, .pdf or .dot; None writes no file.
        show_shapes: this and the others are as for `model_to_dot`.
        show_dtype: see there.
        show_layer_names: see there.
        rankdir: see there.
        expand_nested: see there.
        dpi: see there.
        show_layer_activations: see there.
        show_trainable: see there.

    Raises:
        ValueError: if the model is not built.
        RenderError: if the name ends with nothing that can be drawn.
    """
    picture = model_to_dot(
        model,
        show_shapes,
        show_dtype,
        show_layer_names,
        rankdir,
        expand_nested,
        dpi,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
    )
    if to_file is not None:
        picture.save(to_file)
    return picture


class _Drawing:
    """Nodes and edges for the layers of a model, and of models inside."""

    def __init__(self, shapes: bool, dtype: bool, names: bool, nested: bool, activations: bool,
                 trainable: bool) -> None:  # fmt: skip
        self._shapes, self._dtype, self._names = shapes, dtype, names
        self._nested, self._activations, self._trainable = nested, activations, trainable
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def add(self, model: Any, prefix: str = "") -> tuple[list[str], list[str]]:
        """Draw a model's layers; return the nodes that data enters and leaves it by."""
        connections = list(_connections(model))
        entered: dict[Layer, list[str]] = {}
        left: dict[Layer, list[str]] = {}
        for layer in _drawn(model):
            name = f"{prefix}{layer.name}"
            if self._nested and hasattr(layer, "layers"):
                entered[layer], left[layer] = self.add(layer, f"{name}/")
                continue
            self.nodes.append(self._node(layer, name))
            entered[layer] = left[layer] = [name]
        for tail, head in connections:
            self.edges += [Edge(a, b) for a in left[tail] for b in entered[head]]
        heads = {head for _, head in connections}
        tails = {tail for tail, _ in connections}
        return (
            [name for layer, names in entered.items() if layer not in heads for name in names],
            [name for layer, names in left.items() if layer not in tails for name in names],
        )

    def _node(self, layer: Layer, name: str) -> Node:
        title = f"{layer.name}: {layer.kind}" if self._names else layer.kind
        output, weights = [], []
        activation = getattr(layer, "activation", None)
        if self._activations and activation is not None:
            output.append(getattr(activation, "__name__", str(activation)))
        if self._shapes:
            output.append(str(layer.output_shape))
        if self._dtype:
            output.append(str(layer.dtype))
        if layer.built and layer.weights:
            weights.append(f"{layer.count_params():,} parameters")
            if self._trainable:
                weights.append("trainable" if layer.trainable else "frozen")
        role: Role = "parameter" if layer.weights else "intermediate"
        if layer.kind == "InputLayer":
            role = "input"
        detail = "\n".join(", ".join(line) for line in (output, weights) if line)
        return Node(name, role, title=title, detail=detail)


def _drawn(model: Model) -> list[Layer]:
    if model._network is not None:
        return list(model._network.layers)
    return [*_start(model), *model.layers]


def _start(model: Model) -> list[Layer]:
    """Return the input layer of a sequential model, where one was given."""
    given = getattr(model, "_input_layer", None)
    return [] if given is None else [given]


def _connections(model: Model) -> Iterator[tuple[Layer, Layer]]:
    """Return the pairs of layers such that data goes from the one to the other."""
    network = model._network
    if network is None:
        layers = _drawn(model)
        if hasattr(model, "_places"):
            yield from pairwise(layers)
        return
    for node in network.nodes:
        for place in trees.leaves(node.inputs):
            if place.node is not None and place.node.layer in network.layers:
                yield place.node.layer, node.layer
