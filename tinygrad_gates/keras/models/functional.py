"""The configuration of a model of inputs and outputs, as Keras writes it."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from tinygrad_gates import trees
from tinygrad_gates.keras.layers.core.input_layer import Input
from tinygrad_gates.keras.layers.core.operation import Operation
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.models.network import Network
from tinygrad_gates.keras.registry import plain_value, serialize, serialize_whole
from tinygrad_gates.keras.symbolic import KerasTensor, Node
from tinygrad_gates.keras.utils.naming import unique_name

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model

__all__ = ["Input", "config_of", "from_config", "to_json", "unique_name"]

OPERATIONS = "keras.src.ops.numpy"
"""The module that Keras writes for its operations."""


def to_json(model: Model, **options: Any) -> str:
    """Return a model's configuration as JSON."""
    return json.dumps(serialize_whole(model), **options)


def config_of(model: Model, network: Network) -> dict[str, Any]:
    """Return a model's layers, each with its calls, and the places of inputs and outputs."""
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": [_layer_config(layer, network) for layer in network.layers],
        "input_layers": _references(network.inputs, network),
        "output_layers": _references(network.outputs, network),
    }


def _layer_config(layer: Layer, network: Network) -> dict[str, Any]:
    config: dict[str, Any] = serialize(layer)
    config["name"] = layer.name
    config["inbound_nodes"] = [
        _node_config(node, network) for node in _calls(layer, network) if node.inputs
    ]
    return config


def _calls(layer: Layer, network: Network) -> list[Node]:
    """Return a layer's calls in this model; it may have been called for others too."""
    nodes = set(network.nodes) | {place.node for place in network.input_places}
    return [node for node in layer.nodes if node in nodes]


def _node_config(node: Node, network: Network) -> dict[str, Any]:
    args, kwargs = node.arguments
    return {
        "args": [_argument(argument, network) for argument in args],
        "kwargs": {name: _argument(argument, network) for name, argument in kwargs.items()},
    }


def _argument(argument: Any, network: Network) -> Any:
    if isinstance(argument, KerasTensor):
        return {
            "class_name": "__keras_tensor__",
            "config": {
                "shape": list(argument.shape),
                "dtype": argument.dtype.name,
                "keras_history": _history(argument, network),
            },
        }
    if isinstance(argument, (list, tuple)):
        return [_argument(item, network) for item in argument]
    if isinstance(argument, dict):
        return {name: _argument(item, network) for name, item in argument.items()}
    return serialize(argument)


def _history(place: KerasTensor, network: Network) -> list[Any]:
    assert place.node is not None
    layer = place.node.layer
    return [layer.name, _calls(layer, network).index(place.node), place.index]


def _references(places: Any, network: Network) -> Any:
    if isinstance(places, KerasTensor):
        return _history(places, network)
    if isinstance(places, dict):
        return {name: _references(place, network) for name, place in places.items()}
    references = [_references(place, network) for place in places]
    return tuple(references) if isinstance(places, tuple) else references


# ------------------------------------------------------------------------ reading


def from_config(config: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments for `Model` that a configuration tells.

    Raises `ValueError` for a configuration that makes no sense.
    """
    reading = _Reading(config["layers"])
    reading.connect()
    read = ("layers", "input_layers", "output_layers")
    options = {name: config[name] for name in config if name not in read}
    return {
        "inputs": reading.referred(config["input_layers"]),
        "outputs": reading.referred(config["output_layers"]),
        **options,
    }


class _Call(NamedTuple):
    """A call of a layer that is still to be made, and the places that it needs."""

    parts: Any
    histories: list[Any]


class _Reading:
    """Layers by name, and the calls of each that are still to be made."""

    def __init__(self, layer_configs: list[dict[str, Any]]) -> None:
        self.layers: dict[str, Layer] = {}
        self.waiting: dict[str, deque[_Call]] = {}
        for config in layer_configs:
            name = config.get("name") or config["config"]["name"]
            if name in self.layers:
                raise ValueError(f"Model.from_config: two layers are called {name!r}.")
            self.layers[name] = layer_from(config)
            calls = map(_parts, config.get("inbound_nodes", ()))
            self.waiting[name] = deque(_Call(parts, _histories(parts)) for parts in calls)

    def connect(self) -> None:
        """Make all calls, each after those that it needs; those of one layer in their order."""
        for name, calls in self.waiting.items():
            while calls:
                self._make_first(name)

    def _make_first(self, name: str) -> None:
        """Make the first of a layer's waiting calls, after all that it needs."""
        begun = {name: None}
        while begun:
            name = next(reversed(begun))
            call = self.waiting[name][0]
            needed = next((h[0] for h in call.histories if not self._is_ready(h)), None)
            if needed is None:
                args, kwargs = self._value(call.parts)
                self.layers[name](*args, **kwargs)
                self.waiting[name].popleft()
                del begun[name]
            elif needed in begun or not self.waiting.get(needed):
                raise ValueError(f"Model.from_config: what {name} is called on cannot be found.")
            else:
                begun[needed] = None

    def _is_ready(self, history: list[Any]) -> bool:
        name, call = history[:2]
        return name in self.layers and len(self.layers[name].nodes) > call

    def _value(self, argument: Any) -> Any:
        if isinstance(argument, dict):
            kind, config = argument.get("class_name"), argument.get("config", {})
            if kind == "__keras_tensor__":
                return self._place(config["keras_history"])
            if str(kind).startswith("__"):
                return plain_value(argument)
            return {name: self._value(item) for name, item in argument.items()}
        if isinstance(argument, list):
            return [self._value(item) for item in argument]
        return argument

    def _place(self, history: list[Any]) -> KerasTensor:
        name, call, index = history
        try:
            place: KerasTensor = trees.leaves(self.layers[name].nodes[call].outputs)[index]
        except (KeyError, IndexError, TypeError):
            raise ValueError(f"Model.from_config: there is no output {history!r}.") from None
        return place

    def referred(self, references: Any) -> Any:
        """Return the places that nested references name."""
        if isinstance(references, dict):
            return {name: self.referred(item) for name, item in references.items()}
        if len(references) == 3 and isinstance(references[0], str):
            return self._place(references)
        found = [self.referred(item) for item in references]
        return tuple(found) if isinstance(references, tuple) else found


def _parts(call: Any) -> Any:
    if isinstance(call, dict) and "args" in call:
        return [call["args"], call.get("kwargs", {})]
    raise ValueError("Model.from_config: a call of a layer has to have args; is it Keras 2's?")


def _histories(argument: Any) -> list[Any]:
    if isinstance(argument, dict):
        if argument.get("class_name") == "__keras_tensor__":
            return [argument["config"]["keras_history"]]
        argument = list(argument.values())
    if isinstance(argument, list):
        return [history for item in argument for history in _histories(item)]
    return []


def layer_from(config: dict[str, Any]) -> Layer:
    """Return the layer that a configuration tells: a layer, a model or an operation."""
    if str(config.get("module", "")).startswith("keras.src.ops"):
        options = {**config["config"]}
        name = options.pop("name", None)
        return Operation(config["class_name"], name=name, **options)
    layer: Layer = Layer.registry.get(config)
    return layer
