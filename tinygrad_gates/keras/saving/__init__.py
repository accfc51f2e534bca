"""Saving and loading models and weights, in Keras 3's formats."""

from tinygrad_gates.keras.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tinygrad_gates.keras.saving.saving import (
    deserialize_keras_object,
    load_model,
    model_from_json,
    save_model,
    serialize_keras_object,
)
from tinygrad_gates.keras.saving.weights import load_weights, save_weights

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "model_from_json",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
