"""Copies of models with new weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from tinygrad_gates import trees
from tinygrad_gates.keras.layers.core.input_layer import Input
from tinygrad_gates.keras.layers.core.operation import Operation
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.models.model import Model
from tinygrad_gates.keras.models.network import Network
from tinygrad_gates.keras.models.sequential import Sequential
from tinygrad_gates.keras.symbolic import KerasTensor

Clone = Callable[[Any], Any]
Call = Callable[..., Any]


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Clone | None = None,
    call_function: Call | None = None,
    recursive: bool = False,
) -> Model:
    """Return a model of equal layers, connected alike, with weights of its own.

    If the model is compiled, so is the copy.

    Args:
        model: a `Sequential`, or a model of inputs and outputs; of another, only a plain copy
            can be made, if its `get_config` tells all arguments.
        input_tensors: places to begin with, in the form of the model's inputs.
        clone_function: makes the layer that takes a layer's place; an equal one by default.
        call_function: calls the layer, its first argument, on the others; for models of inputs
            and outputs.
        recursive: whether models inside are copied in the same way, layer by layer.

    Raises:
        ValueError: for arguments that this kind of model does not take, or places of another
            form.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))])
    >>> clone_model(model).get_weights()[0].shape
    (2, 1)
    """
    return _Cloning(clone_function or _equal, call_function, recursive).clone(model, input_tensors)


class _Cloning:
    """One call of `clone_model`: what is shared in the model is shared in the copy."""

    def __init__(self, clone: Clone, call: Call | None, recursive: bool) -> None:
        self._clone = clone
        self._call = call
        self._recursive = recursive
        self._made: dict[Layer, Any] = {}

    def clone(self, model: Model, places: Any = None) -> Model:
        """Return the copy of a model."""
        if isinstance(model, Sequential):
            if self._call is not None:
                raise _refused(model, "no call_function: its layers are called in order")
            copy: Model = self._sequential(model, places)
        elif model._network is not None:
            copy = self._functional(model, model._network, places)
        elif self._clone is not _equal or self._call is not None or places is not None:
            raise _refused(model, "no other argument: its layers are not listed")
        else:
            copy = _equal(model)
            copy.build_from_config(model.get_build_config())
        if model.compiled and not copy.compiled:
            copy.compile_from_config(model.get_compile_config() or {})
        return copy

    def _sequential(self, model: Sequential, places: Any) -> Sequential:
        known = model._places[:1] if places is None else trees.leaves(places)
        if len(known) > 1 or not all(isinstance(place, KerasTensor) for place in known):
            raise _refused(model, f"one place as input_tensors, not {places!r}")
        layers = [self._layer(layer) for layer in model.layers]
        inputs = [_input_like(place) for place in known]
        return type(model)([*inputs, *layers], name=model.name, trainable=model.trainable)

    def _functional(self, model: Model, network: Network, places: Any) -> Model:
        if places is None:
            places = trees.transform(_input_like, network.inputs)
        elif not _same_form(places, network.inputs):
            raise _refused(model, f"input_tensors of the form {network.inputs!r}, not {places!r}")
        olds, news = trees.leaves(network.inputs), trees.leaves(places)
        found: dict[KerasTensor, Any] = dict(zip(olds, news, strict=True))
        replaced = partial(trees.transform, lambda leaf: _replaced(found, leaf))
        for node in network.nodes:
            args, kwargs = replaced(node.arguments)
            layer = self._layer(node.layer)
            call = self._call or type(layer).__call__
            outputs = call(layer, *args, **kwargs)
            found |= zip(trees.leaves(node.outputs), trees.leaves(outputs), strict=True)
        kind = type(model) if _takes_places(type(model)) else Model
        copy = kind(places, replaced(network.outputs), name=model.name)
        copy._trainable = model.trainable
        return copy

    def _layer(self, layer: Layer) -> Any:
        if layer not in self._made:
            self._made[layer] = self._new(layer)
        return self._made[layer]

    def _new(self, layer: Layer) -> Any:
        if isinstance(layer, Operation):
            return Operation(layer.function, layer.name, **layer.options)
        if self._recursive and isinstance(layer, Model):
            if isinstance(layer, Sequential):  # it takes no call_function
                return self._without_call().clone(layer)
            if layer._network is not None:
                return self.clone(layer)
        return self._clone(layer)

    def _without_call(self) -> _Cloning:
        other = _Cloning(self._clone, None, self._recursive)
        other._made = self._made
        return other


def _equal(layer: Any) -> Any:
    return type(layer).from_config(layer.get_config())


def _input_like(place: KerasTensor) -> KerasTensor:
    return Input(batch_shape=place.shape, dtype=place.dtype, name=place.name)


def _replaced(found: dict[KerasTensor, Any], leaf: Any) -> Any:
    return found[leaf] if isinstance(leaf, KerasTensor) else leaf


def _same_form(places: Any, form: Any) -> bool:
    try:
        pairs = zip(trees.walk(places), trees.walk(form), strict=True)
        same = all(one[0] == other[0] for one, other in pairs)
    except ValueError:
        return False
    return (
        same
        and type(places) is type(form)
        and all(isinstance(place, KerasTensor) for place in trees.leaves(places))
    )


def _takes_places(kind: type[Model]) -> bool:
    """Return whether a class is made of inputs and outputs, as `Model` is."""
    own = list(inspect.signature(kind.__init__).parameters.values())[1:]
    passes_on = {parameter.kind for parameter in own} >= {
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    }
    return passes_on or [parameter.name for parameter in own[:2]] == ["inputs", "outputs"]


def _refused(model: Model, what: str) -> ValueError:
    return ValueError(f"clone_model: {model.name}, a {type(model).__name__}, takes {what}.")
