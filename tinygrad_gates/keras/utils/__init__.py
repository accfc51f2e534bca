"""Helpers around models: names, seeds, labels, progress, and pictures of models."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tinygrad_gates.keras.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tinygrad_gates.keras.utils.dataset_utils import split_dataset
from tinygrad_gates.keras.utils.naming import clear_session
from tinygrad_gates.keras.utils.numerical_utils import normalize, to_categorical
from tinygrad_gates.keras.utils.progbar_class import Progbar
from tinygrad_gates.keras.utils.seeds import set_random_seed

if TYPE_CHECKING:
    from tinygrad_gates.keras.utils.model_visualization import model_to_dot, plot_model

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "clear_session",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "model_to_dot",
    "normalize",
    "plot_model",
    "register_keras_serializable",
    "set_random_seed",
    "split_dataset",
    "to_categorical",
]


def __getattr__(name: str) -> Any:
    if name in ("model_to_dot", "plot_model"):  # only these need Graphviz
        return getattr(import_module(f"{__name__}.model_visualization"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
