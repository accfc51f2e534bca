"""Saving and loading whole models in the `.keras` format."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from tinygrad_gates import trees
from tinygrad_gates.keras import activations
from tinygrad_gates.keras.allowance import weights_of_at_most
from tinygrad_gates.keras.custom_objects import (
    custom_object_scope,
    get_registered_function,
    get_registered_object,
)
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.losses import Loss
from tinygrad_gates.keras.metrics import Metric
from tinygrad_gates.keras.registry import (
    family_of,
    plain_value,
    serialize,
    serialize_function,
    serialize_whole,
)
from tinygrad_gates.keras.saving import h5
from tinygrad_gates.keras.saving.archive import config_of, read_archive, write_archive
from tinygrad_gates.keras.saving.places import places_in
from tinygrad_gates.keras.saving.weights import KERAS, checked_path, load_h5
from tinygrad_gates.keras.sharing import sharing_scope

MOST_OBJECTS = 30_000
"""How many layers, initializers and so on a configuration may describe."""
LEAST_ALLOWANCE = 2**20
"""How many bytes of variables any file may ask for; states of metrics are not in files."""


def save_model(
    model: Layer,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    zipped: bool | None = None,
    include_optimizer: bool = True,
) -> None:
    """Write a model to a `.keras` file: layers, weights, what `compile` was given, its state.

    Args:
        model: whole, or not built so far, which a warning says.
        filepath: ends with ".keras".
        overwrite: whether an existing file is replaced.
        zipped: taken for Keras's sake; False, a folder in the place of a file, is refused.
        include_optimizer: taken for Keras's sake, which includes it always, as is done here.

    Raises:
        ValueError: for another ending, or for a part that has no configuration.
        FileExistsError: if the file exists and is not to be replaced.
        ImportError: if h5py is not installed.
    """
    path = checked_path("save", filepath, (KERAS,), overwrite)
    if zipped is False:
        raise ValueError("save: zipped=False is not supported: a model is written to one file.")
    config = serialize_whole(model)
    try:
        text = json.dumps(config)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"save: the configuration of {model.name} has something that is no plain data "
            f"({error}). Let get_config return numbers, strings, lists and dicts."
        ) from None
    places = places_in(model)
    write_archive(path, text, h5.written(places))
    if not model.built:
        warnings.warn(
            f"save: {model.name} is not built, and the file has no weights. Call it on data first.",
            stacklevel=3,
        )
    for place in places:
        if hasattr(place.owner, "save_assets"):
            warnings.warn(
                f"save: {place.owner.name}.save_assets is not called: files here hold no assets. "
                f"Keep numbers with save_own_variables, and the rest in get_config.",
                stacklevel=3,
            )


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
        ValueError: for another ending, unknown classes, code, sizes that the file does not hold,
            or damage.
        FileNotFoundError: if there is no such file.
    """
    path = checked_path("load_model", filepath, (KERAS,))
    what = f"load_model: {path}"
    config, weights = read_archive(path, what)
    _refuse_code(config, what)
    if not compile:
        config.pop("compile_config", None)
    # Numbers may be compressed in the file, but not this far.
    most = max(16 * len(weights), LEAST_ALLOWANCE)
    with custom_object_scope(custom_objects or {}), weights_of_at_most(most):
        model = _made(config, what)
    load_h5(model, weights, what, skip_mismatch=False)
    return model


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return a model from what `to_json` returned, with new weights; compiled if that one was.

    Raises `ValueError` for unknown classes, code, or what is no configuration.
    """
    config = config_of(json_string, "model_from_json")
    _refuse_code(config, "model_from_json")
    with custom_object_scope(custom_objects or {}):
        return _made(config, "model_from_json")


def _made(config: dict[str, Any], what: str) -> Any:
    try:
        with sharing_scope():
            model = Layer.registry.get(config)
        if not hasattr(model, "compile_from_config"):
            raise ValueError(f"there is a {type(model).__name__} in it, which is no model.")
    except Exception as error:  # constructors are not made for what a file may tell them
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        raise ValueError(f"{what}: {kind}{error}") from error
    return model


def _refuse_code(config: Any, what: str) -> None:
    """Raise `ValueError` if there is code among plain data, or too much to be a model."""
    try:
        kinds = [leaf for path, leaf in trees.walk(config) if path.endswith("['class_name']")]
    except RecursionError:
        raise ValueError(f"{what}: the configuration is nested too deeply.") from None
    if len(kinds) > MOST_OBJECTS:
        raise ValueError(f"{what}: {len(kinds)} objects are described, more than plausible.")
    if "__lambda__" in kinds:
        raise ValueError(
            f"{what}: the file has a Lambda layer with code in it, which is not run. Define a "
            f"Layer, or a named function under custom_objects, and save the model with it; or "
            f"make the model anew and load its weights alone."
        )


def serialize_keras_object(item: Any) -> Any:
    """Return an object as plain data: its class and its configuration; likewise lists and dicts.

    Raises `ValueError` for a lambda, and `TypeError` for an object that has no configuration.
    """
    data = serialize_function(item) if isinstance(item, FunctionType) else serialize(item)
    try:
        json.dumps(data)
    except TypeError as error:
        raise TypeError(
            f"serialize_keras_object: {item!r} of type {type(item).__name__} cannot be made plain "
            f"data ({error}). Define get_config, to return the arguments of the constructor."
        ) from None
    return data


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """Return an object from plain data, as `serialize_keras_object` made it.

    Its "module" says of which kind it is: "keras.layers" by default, or "keras.optimizers",
    "keras.losses" and so on. What is plain data is returned as it is.

    Raises `ValueError` for an unknown class, or for code; `TypeError` for a configuration that
    is none.

    >>> from tinygrad_gates.keras.optimizers import SGD
    >>> deserialize_keras_object(serialize_keras_object(SGD(0.5))).learning_rate.item()
    0.5
    """
    _refuse_code(config, "deserialize_keras_object")
    with custom_object_scope(custom_objects or {}):
        return _deserialized(config)


def _deserialized(data: Any) -> Any:
    if isinstance(data, str):
        return get_registered_object(data) or data
    if isinstance(data, (list, tuple)):
        return [_deserialized(part) for part in data]
    if not isinstance(data, dict):
        return data
    if "class_name" not in data or "config" not in data:
        return {key: _deserialized(part) for key, part in data.items()}
    if str(data["class_name"]).startswith("__"):
        return plain_value(data)
    if data["class_name"] == "function":
        return _function(data["config"])
    if not isinstance(data["config"], (dict, type(None))):
        raise TypeError(
            f"deserialize_keras_object: the 'config' of {data['class_name']} has to be a dict; "
            f"it is {data['config']!r}."
        )
    found = get_registered_object(str(data.get("registered_name") or data["class_name"]))
    if found is not None and not hasattr(found, "from_config"):
        raise TypeError(f"deserialize_keras_object: {found!r} has no from_config().")
    return family_of(data, Layer.registry).made(data)


def _function(name: Any) -> Any:
    if not isinstance(name, str):
        raise TypeError(f"deserialize_keras_object: {name!r} is no name of a function.")
    found = get_registered_function(name)
    for registry in (activations.registry, Loss.registry, Metric.registry):
        if found is None and name in registry:
            found = registry[name]
    if found is None:
        raise ValueError(
            f"deserialize_keras_object: Unknown function: {name!r}. Register it with "
            f"register_keras_serializable, or give it under custom_objects."
        )
    return found
