"""The graph of a functional model: calls of layers, from inputs to outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.layers.core.input_layer import Input, InputLayer
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.symbolic import KerasTensor, Node, Shape
from tinygrad_gates.keras.tensors import as_value


class Network:
    """What leads from some places to others.

    Args:
        inputs: places, nested.
        outputs: places that were computed from them, nested.

    Raises:
        ValueError: if outputs need an input that was not given, or two layers share a name.
        TypeError: if inputs or outputs are no places.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        for what, given in (("inputs", inputs), ("outputs", outputs)):
            for leaf in trees.leaves(given):
                if not isinstance(leaf, KerasTensor):
                    raise TypeError(
                        f"Model: {what} have to be made of Input(...) and layers called on it; "
                        f"{leaf!r} of type {type(leaf).__name__} is not."
                    )
        self.inputs = inputs
        self.outputs = outputs
        self.input_places: list[KerasTensor] = trees.leaves(_sorted(inputs))
        self.output_places: list[KerasTensor] = trees.leaves(_sorted(outputs))
        nodes, met = self._sorted_nodes()
        self.layers = _by_depth(nodes, met)
        _refuse_repeated(self.layers)
        self.nodes = [node for node in nodes if not self._is_given(node)]
        self._slots = {place: slot for slot, place in enumerate(self._all_places())}
        self._steps = [self._step(node) for node in self.nodes]

    def __getstate__(self) -> dict[str, Any]:
        # Calls in their order, so that copying goes from each to what comes before it no further
        # than one step: a deep model would exceed Python's limit of recursion.
        return {"nodes": self.nodes, **vars(self)}

    def _is_given(self, node: Node) -> bool:
        given = set(map(id, self.input_places))
        return any(id(place) in given for place in trees.leaves(node.outputs))

    def _sorted_nodes(self) -> tuple[list[Node], list[Layer]]:
        """Return the calls that lead to the outputs, each after what it needs.

        And the layers, in the order in which they are met on the way from the outputs.
        """
        given = set(map(id, self.input_places))
        done: dict[Node, None] = {}
        met: dict[Layer, None] = {}
        waiting: list[tuple[KerasTensor, bool]] = [
            (place, False) for place in reversed(self.output_places)
        ]
        while waiting:
            place, ready = waiting.pop()
            node = place.node
            if node is None or (not node.inputs and id(place) not in given):
                raise ValueError(
                    f"Model: the outputs need {place!r}, which is not among the inputs."
                )
            if node in done:
                continue
            met.setdefault(node.layer)
            if ready or id(place) in given:
                done[node] = None
                continue
            waiting.append((place, True))
            waiting.extend((needed, False) for needed in reversed(node.inputs))
        for place in self.input_places:
            if place.node is not None:
                done.setdefault(place.node)
                met.setdefault(place.node.layer)
        return list(done), list(met)

    def _all_places(self) -> Iterator[KerasTensor]:
        yield from self.input_places
        for node in self.nodes:
            yield from trees.leaves(node.outputs)

    # -------------------------------------------------------------------- running

    def _step(self, node: Node) -> tuple[Layer, Any, list[int]]:
        """Return a call: the layer, where its arguments come from, and where the outputs go.

        Arguments are one slot, for one place and nothing else, or a function of all slots.
        """
        args, kwargs = node.arguments
        targets = [self._slots[place] for place in trees.leaves(node.outputs)]
        if len(args) == 1 and not kwargs and isinstance(args[0], KerasTensor):
            return node.layer, self._slots[args[0]], targets
        return node.layer, partial(_filled, self._slots, node.arguments), targets

    def __call__(self, inputs: Any, name: str, training: bool | None = None) -> Any:
        """Return the outputs, nested as they were given, for inputs of the form of `inputs`."""
        values: list[Any] = self._values(inputs, name)
        values += [None] * (len(self._slots) - len(values))
        for layer, source, targets in self._steps:
            if isinstance(source, int):
                outputs = layer(values[source])
            else:
                args, kwargs = source(values)
                if training is not None and "training" in kwargs:
                    kwargs["training"] = training  # as Keras: how the model is called counts
                outputs = layer(*args, **kwargs)
            if len(targets) == 1 and isinstance(outputs, Value):
                values[targets[0]] = outputs
            else:
                for target, output in zip(targets, trees.leaves(outputs), strict=True):
                    values[target] = output
        return _filled(self._slots, self.outputs, values)

    def _values(self, inputs: Any, name: str) -> list[Value]:
        given = self.arranged(inputs, f"{name}: inputs")
        values = []
        for item, place in zip(given, self.input_places, strict=True):
            value = as_value(item, place.dtype, f"{name}: input {place.name}")
            values.append(fitting(value, place.shape, f"{name}: input {place.name}"))
        return values

    def arranged(self, inputs: Any, what: str) -> list[Any]:
        """Return what was given for each input, in order: from a list, a dict by name, or one.

        Raises `ValueError` if an input is missing.
        """
        return arranged(inputs, self.inputs, [place.name for place in self.input_places], what)


def rooted(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Return inputs and outputs such that every input comes from an `InputLayer`.

    Where one is in the middle of a model, the calls that lead from it to the outputs are noted
    anew, so that the layers before it are no part of what begins there.
    """
    network = Network(inputs, outputs)
    if all(map(_is_root, network.input_places)):
        return inputs, outputs
    found: dict[KerasTensor, KerasTensor] = {
        place: place if _is_root(place) else Input(batch_shape=place.shape, dtype=place.dtype)
        for place in network.input_places
    }
    for node in network.nodes:
        args, kwargs = _replaced(found, node.arguments)
        copies = [KerasTensor(p.shape, p.dtype, p.name) for p in trees.leaves(node.outputs)]
        found |= zip(trees.leaves(node.outputs), copies, strict=True)
        node.layer.nodes.append(Node(node.layer, args, kwargs, trees.rebuild(node.outputs, copies)))
    return _replaced(found, inputs), _replaced(found, outputs)


def _is_root(place: KerasTensor) -> bool:
    return place.node is not None and isinstance(place.node.layer, InputLayer)


def _replaced(found: dict[KerasTensor, KerasTensor], nested: Any) -> Any:
    return trees.transform(
        lambda leaf: found[leaf] if isinstance(leaf, KerasTensor) else leaf, nested
    )


def _filled(slots: dict[KerasTensor, int], nested: Any, values: list[Any]) -> Any:
    """Return something nested with each place replaced by its value."""
    return trees.transform(
        lambda leaf: values[slots[leaf]] if isinstance(leaf, KerasTensor) else leaf, nested
    )


def arranged(given: Any, form: Any, names: list[str], what: str) -> list[Any]:
    """Return the parts of something given in a form, as a list, or as a dict by names.

    >>> arranged({"b": 2, "a": 1}, [None, None], ["a", "b"], "inputs")
    [1, 2]
    >>> arranged([1, {"b": 2}], [None, {"b": None}], ["a", "b"], "inputs")
    [1, 2]

    Raises `ValueError` if parts are missing or too many.
    """
    if _is_nested(form) and (_is_nested(given) or isinstance(given, dict)):
        return _parts_of(given, form, what)
    if isinstance(given, dict):
        keys = list(_sorted(form)) if isinstance(form, dict) else names
        if missing := [key for key in keys if key not in given]:
            raise ValueError(f"{what}: {missing[0]!r} is missing among {list(given)}.")
        return [given[key] for key in keys]
    if len(names) == 1:
        if isinstance(given, (list, tuple)) and len(given) == 1 and hasattr(given[0], "shape"):
            return [given[0]]
        return [given]
    if not isinstance(given, (list, tuple)) or len(given) != len(names):
        count = len(given) if isinstance(given, (list, tuple)) else 1
        raise ValueError(
            f"{what}: {len(names)} are needed, {', '.join(names)}, and {count} given. Give a list "
            f"of arrays in this order, or a dict by name."
        )
    return list(given)


def _is_nested(form: Any) -> bool:
    parts = form.values() if isinstance(form, dict) else form
    return isinstance(form, (dict, list, tuple)) and any(
        isinstance(part, (dict, list, tuple)) for part in parts
    )


def _parts_of(given: Any, form: Any, what: str) -> list[Any]:
    """Return the parts of something of the same structure as a form of several levels."""
    if not isinstance(form, (dict, list, tuple)):
        return [given]
    keys = sorted(form, key=str) if isinstance(form, dict) else range(len(form))
    kind: Any = dict if isinstance(form, dict) else (list, tuple)
    if not isinstance(given, kind) or (kind is not dict and len(given) != len(form)):
        raise ValueError(
            f"{what}: a {type(form).__name__} of {len(form)} is needed, as the model was made "
            f"with, and what came is a {type(given).__name__}."
        )
    if missing := [key for key in keys if kind is dict and key not in given]:
        raise ValueError(f"{what}: {missing[0]!r} is missing among {list(given)}.")
    return [part for key in keys for part in _parts_of(given[key], form[key], f"{what}[{key!r}]")]


def fitting(value: Value, shape: Shape, what: str) -> Value:
    """Return a Value of a declared shape; a last axis of length 1 too many, or missing, is meant.

    The number of samples may be another, as in Keras.

    Raises `ShapeError` if the shape is another.
    """
    found = value._data.shape
    if found[1:] == shape[1:] and found:
        return value
    value = with_rank_of(shape, value)
    found = value._data.shape
    same = len(found) == len(shape) and all(
        known in (None, length) for known, length in zip(shape[1:], found[1:], strict=True)
    )
    if not same:
        raise ShapeError(f"{what} has to have shape {shape}, and has {found}.")
    return value


def with_rank_of(known: Shape, inputs: Value) -> Value:
    """Return inputs with a last axis of length 1 more, or less, if that gives the known rank."""
    shape = inputs._data.shape
    if len(shape) + 1 == len(known) and known[-1] == 1:
        return inputs.reshape((*shape, 1))
    if len(shape) == len(known) + 1 and shape[-1] == 1:
        return inputs.reshape(shape[:-1])
    return inputs


def _sorted(nested: Any) -> Any:
    """Return nested places with dicts sorted by their keys, the order that Keras takes them in."""
    if isinstance(nested, dict):
        return {key: _sorted(nested[key]) for key in sorted(nested, key=str)}
    return [_sorted(part) for part in nested] if isinstance(nested, (list, tuple)) else nested


def _by_depth(nodes: list[Node], met: list[Layer]) -> list[Layer]:
    """Return the layers, those farthest from the outputs first, as Keras orders them."""
    depths: dict[Node, int] = {}
    layer_depths: dict[Layer, int] = {}
    for node in reversed(nodes):
        depth = max(depths.get(node, 0), layer_depths.get(node.layer, 0))
        layer_depths[node.layer] = depths[node] = depth
        for place in node.inputs:
            if place.node is not None:
                depths[place.node] = max(depths.get(place.node, 0), depth + 1)
    return sorted(met, key=lambda layer: -layer_depths[layer])


def _refuse_repeated(layers: list[Layer]) -> None:
    for name, count in Counter(layer.name for layer in layers).items():
        if count > 1:
            raise ValueError(f"Model: {count} layers are called {name!r}. Give one another name=.")
