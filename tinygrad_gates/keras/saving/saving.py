"""Saving and loading whole models in the `.keras` format."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from tinygrad_gates import trees
from tinygrad_gates.keras.allowance import weights_of_at_most
from tinygrad_gates.keras.constraints import Constraint
from tinygrad_gates.keras.custom_objects import custom_object_scope
from tinygrad_gates.keras.initializers import Initializer
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.losses import Loss
from tinygrad_gates.keras.metrics import Metric
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.optimizers.schedules import LearningRateSchedule
from tinygrad_gates.keras.registry import Configurable, serialize
from tinygrad_gates.keras.regularizers import Regularizer
from tinygrad_gates.keras.saving import h5
from tinygrad_gates.keras.saving.archive import read_archive, write_archive
from tinygrad_gates.keras.saving.places import places_in
from tinygrad_gates.keras.saving.weights import checked_path, load_h5, refuse_unbuilt

FAMILIES: dict[str, type[Configurable]] = {
    family.config_module: family
    for family in (
        Constraint, Initializer, LearningRateSchedule, Loss, Metric, Optimizer, Regularizer,
    )
}  # fmt: skip
"""By the modules that Keras says they are in; all else are layers."""
LEAST_ALLOWANCE = 2**20
"""How many bytes of variables any file may ask for; states of metrics are not in files."""


def save_model(model: Layer, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write a model to a `.keras` file: layers, weights, what `compile` was given, its state.

    Args:
        model: built.
        filepath: ends with ".keras".
        overwrite: whether an existing file is replaced.

    Raises:
        ValueError: for another ending, or for a part that has no configuration.
        FileExistsError: if the file exists and is not to be replaced.
        ImportError: if h5py is not installed.
    """
    path = checked_path("save", filepath, (".keras",), overwrite)
    refuse_unbuilt("save", model)
    config = serialize(model)
    try:
        json.dumps(config)
    except TypeError as error:
        raise ValueError(
            f"save: the configuration of {model.name} has something that is no plain data "
            f"({error}). Let get_config return numbers, strings, lists and dicts."
        ) from None
    write_archive(path, config, h5.written(places_in(model)))


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Return the model of a `.keras` file, written here or by Keras 3.

    Nothing in the file is executed. Classes and functions of a user's own are found by their
    names: those that are defined or registered, and `custom_objects`.

    Args:
        filepath: of the file.
        custom_objects: classes and functions by name.
        compile: whether to compile as when it was saved, with the optimizer's state.
        safe_mode: taken for Keras's sake; code is never run, also without it.

    Raises:
        ValueError: for unknown classes, code, sizes that the file does not hold, or damage.
        FileNotFoundError: if there is no such file.
    """
    config, weights = read_archive(filepath)
    what = f"load_model: {os.fspath(filepath)}"
    _refuse_code(config, what)
    # Numbers may be compressed in the file, but not this far.
    most = max(16 * len(weights), LEAST_ALLOWANCE)
    with custom_object_scope(custom_objects or {}), weights_of_at_most(most):
        model = _made(config, what, compile)
    if not model.built:
        raise ValueError(f"{what}: the file does not say for which input shape the model was made.")
    load_h5(model, weights, what, skip_mismatch=False)
    return model


def model_from_json(text: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return a model from what `to_json` returned, with new weights.

    Raises `ValueError` for unknown classes, code, or what is no configuration.
    """
    config = json.loads(text)
    _refuse_code(config, "model_from_json")
    with custom_object_scope(custom_objects or {}):
        return _made(config, "model_from_json")


def _made(config: dict[str, Any], what: str, compile: bool = False) -> Any:
    try:
        model = Layer.registry.get(config)
        if not hasattr(model, "compile_from_config"):
            raise ValueError(f"there is a {type(model).__name__} in it, which is no model.")
        if compile and config.get("compile_config"):
            model.compile_from_config(config["compile_config"])
    except Exception as error:  # constructors are not made for what a file may tell them
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        raise ValueError(f"{what}: {kind}{error}") from error
    return model


def _refuse_code(config: Any, what: str) -> None:
    """Raise `ValueError` if there is code among plain data."""
    try:
        kinds = [leaf for path, leaf in trees.walk(config) if path.endswith("['class_name']")]
    except RecursionError:
        raise ValueError(f"{what}: the configuration is nested too deeply.") from None
    if "__lambda__" in kinds:
        raise ValueError(
            f"{what}: the file has a Lambda layer with code in it, which is not run. Define a "
            f"Layer, or a named function under custom_objects, and save the model with it."
        )


def serialize_keras_object(item: Any) -> Any:
    """Return an object as plain data: its class and its configuration."""
    return serialize(item)


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """Return an object from plain data, as `serialize_keras_object` made it.

    Its "module" says of which kind it is: "keras.layers" by default, or "keras.optimizers",
    "keras.losses" and so on.

    Raises `ValueError` for an unknown class, or for code.

    >>> from tinygrad_gates.keras.optimizers import SGD
    >>> deserialize_keras_object(serialize_keras_object(SGD(0.5))).learning_rate.item()
    0.5
    """
    _refuse_code(config, "deserialize_keras_object")
    module = config.get("module") if isinstance(config, dict) else None
    with custom_object_scope(custom_objects or {}):
        return FAMILIES.get(str(module), Layer).registry.get(config)
