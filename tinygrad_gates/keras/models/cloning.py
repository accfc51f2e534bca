"""Copies of models with new weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.models.model import Model


def clone_model(model: Model, clone_function: Callable[[Layer], Layer] | None = None) -> Model:
    """Return a model of equal layers, connected alike, with weights of its own.

    Args:
        model: a `Sequential`, or a model of inputs and outputs.
        clone_function: makes the layer that takes a layer's place, under the same name; an
            equal layer by default.

    Raises:
        ValueError: for a model that a subclass defines, which has no configuration of layers.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))])
    >>> clone_model(model).get_weights()[0].shape
    (2, 1)
    """
    config = model.get_config()
    if "layers" not in config:
        raise ValueError(
            f"clone_model: {model.name} is a subclass of Model with no list of layers. Make "
            f"another {type(model).__name__}(...) instead."
        )
    if clone_function is not None:
        config["layers"] = [_cloned(model, plain, clone_function) for plain in config["layers"]]
    return type(model).from_config(config)


def _cloned(model: Model, plain: dict[str, Any], clone: Callable[[Layer], Layer]) -> dict[str, Any]:
    """Return the configuration of the layer that takes one's place, connected as it was."""
    name = plain["config"]["name"]
    if plain["class_name"] == "InputLayer":
        return plain
    made = clone(model.get_layer(name)).serialized()
    return {**plain, **made, "config": {**made["config"], "name": name}}
