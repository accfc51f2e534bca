"""Helpers around models: names, seeds, labels, progress, and pictures of models."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tinygrad_gates.keras.config import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from tinygrad_gates.keras.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tinygrad_gates.keras.dtypes import standardize_dtype
from tinygrad_gates.keras.utils.dataset_utils import (
    pack_x_y_sample_weight,
    split_dataset,
    unpack_x_y_sample_weight,
)
from tinygrad_gates.keras.utils.naming import clear_session
from tinygrad_gates.keras.utils.numerical_utils import normalize, to_categorical
from tinygrad_gates.keras.utils.progbar_class import Progbar
from tinygrad_gates.keras.utils.py_dataset import PyDataset, Sequence
from tinygrad_gates.keras.utils.seeds import set_random_seed
from tinygrad_gates.keras.utils.sequence_utils import pad_sequences
from tinygrad_gates.keras.utils.timeseries_dataset_utils import timeseries_dataset_from_array

if TYPE_CHECKING:
    from tinygrad_gates.keras.saving import deserialize_keras_object, serialize_keras_object
    from tinygrad_gates.keras.symbolic import is_keras_tensor
    from tinygrad_gates.keras.utils.model_visualization import model_to_dot, plot_model

# Made when they are first asked for: drawing needs Graphviz, and saving stands on all the rest.
_LATER = {
    "deserialize_keras_object": "tinygrad_gates.keras.saving",
    "is_keras_tensor": "tinygrad_gates.keras.symbolic",
    "model_graph": f"{__name__}.model_pictures",
    "model_player": f"{__name__}.model_pictures",
    "model_to_dot": f"{__name__}.model_visualization",
    "plot_model": f"{__name__}.model_visualization",
    "serialize_keras_object": "tinygrad_gates.keras.saving",
}

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
