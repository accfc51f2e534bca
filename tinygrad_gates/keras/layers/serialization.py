"""Layers as plain data, and back."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.custom_objects import custom_object_scope
from tinygrad_gates.keras.layers.layer import Layer


def serialize(layer: Layer) -> dict[str, Any]:
    """Return the class and the configuration of a layer, as files hold them."""
    return layer.serialized()


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Layer:
    """Return the layer that `serialize` made plain data of.

    Args:
        config: the plain data.
        custom_objects: classes and functions by name that only this call knows.

    Raises:
        ValueError: for an unknown class.

    >>> from tinygrad_gates.keras.layers import Dense
    >>> deserialize(serialize(Dense(3, name="hidden")))
    <Dense name=hidden, built=False>
    """
    with custom_object_scope(custom_objects or {}):
        return Layer.registry.get(config)


def as_layer(given: Any) -> Any:
    """Return an argument that is a layer, as it is or from its plain data; others as they are.

    >>> as_layer(None) is None
    True
    """
    return deserialize(given) if isinstance(given, dict) else given
