"""Saving and loading the numbers of a model: `.weights.h5` and `.safetensors`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.files import write_bytes
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.saving import h5
from tinygrad_gates.keras.saving.places import Place, places_in
from tinygrad_gates.keras.variable import Variable

H5, SAFETENSORS = ".weights.h5", ".safetensors"
OPTIMIZER = "optimizer/vars"
Change = tuple[Variable, np.ndarray[Any, Any]]


def save_weights(model: Layer, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write the weights, and the optimizer's state, to a file; wholly or not at all.

    Args:
        model: a model or a layer, built.
        filepath: ends with ".weights.h5" (Keras's format, needs h5py), or with ".safetensors".
        overwrite: whether an existing file is replaced.

    Raises:
        ValueError: for another ending, or a model without weights so far.
        FileExistsError: if the file exists and is not to be replaced.
    """
    path = checked_path("save_weights", filepath, (H5, SAFETENSORS), overwrite)
    refuse_unbuilt("save_weights", model)
    places = places_in(model)
    content = h5.written(places) if path.name.endswith(H5) else _as_safetensors(places)
    write_bytes(path, content)


def load_weights(
    model: Layer, filepath: str | os.PathLike[str], skip_mismatch: bool = False
) -> None:
    """Read weights, and the optimizer's state, from a file; all of them, or none.

    Args:
        model: built for the same shapes.
        filepath: as for `save_weights`; here or by Keras 3.
        skip_mismatch: whether layers whose weights do not fit are left as they are.

    Raises:
        ValueError: if a layer's weights are missing, or have other shapes, or the file is damaged.
        FileNotFoundError: if there is no such file.
    """
    path = checked_path("load_weights", filepath, (H5, SAFETENSORS), overwrite=True)
    refuse_unbuilt("load_weights", model)
    content = path.read_bytes()
    what = f"load_weights: {path}"
    if path.name.endswith(H5):
        load_h5(model, content, what, skip_mismatch)
        return
    flat = _from_safetensors(content, what)
    paths = {name.rpartition("/")[0] for name in flat}

    def at(place: str) -> dict[str, Any]:
        start = f"{place}/"
        return {n.removeprefix(start): a for n, a in flat.items() if n.rpartition("/")[0] == place}

    _load(model, at, paths, what, skip_mismatch)


def load_h5(model: Layer, content: bytes, what: str, skip_mismatch: bool = False) -> None:
    """Read the numbers of an HDF5 file into a model; all of them, or none."""
    with h5.opened(content, what) as numbers:
        _load(model, numbers.at, numbers.paths(), what, skip_mismatch)


def _load(model: Layer, at: Any, paths: set[str], what: str, skip_mismatch: bool) -> None:
    optimizer = getattr(model, "optimizer", None)
    fresh = optimizer is not None and len(at(OPTIMIZER)) == len(optimizer._settings)
    if OPTIMIZER in paths and optimizer is not None and not optimizer.built and not fresh:
        optimizer.build(model.trainable_weights)
    changes: list[Change] = []
    places = places_in(model)
    for place in places:
        found = at(place.path)
        if isinstance(place.owner, Optimizer) and not found:
            continue  # weights that were saved before there was an optimizer
        if isinstance(place.owner, Optimizer) and fresh:
            place = place._replace(variables=place.owner._settings)
        try:
            changes += _matched(place, found, what)
        except ValueError:
            if not skip_mismatch:
                raise
    known = {place.path for place in places} | {OPTIMIZER}
    if (unknown := sorted(paths - known)) and not skip_mismatch:
        raise ValueError(
            f"{what}: the file has weights at {unknown[0]!r}, and the model has no such layer. "
            f"Make the model as it was saved."
        )
    if fresh and optimizer is not None:
        optimizer._forget()
    for variable, array in changes:
        variable.replace(array if array.ndim else array[()])


def _matched(place: Place, found: Mapping[str, Any], what: str) -> list[Change]:
    owner = place.owner.name
    expected = [str(number) for number in range(len(place.variables))]
    if set(found) != set(expected):
        raise ValueError(
            f"{what}: {owner} has {len(expected)} variables, and the file has {len(found)} at "
            f"{place.path!r}. Make the model as it was saved."
        )
    changes = []
    for number, variable in zip(expected, place.variables, strict=True):
        item = found[number]
        if tuple(item.shape) != variable.shape:
            raise ValueError(
                f"{what}: {variable.path} has shape {variable.shape}, and the file "
                f"{tuple(item.shape)}. Make the model as it was saved."
            )
        try:
            changes.append((variable, np.asarray(item[()], variable.dtype)))
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            raise ValueError(f"{what}: {place.path}/{number} is damaged ({error}).") from None
    return changes


def checked_path(
    call: str, filepath: str | os.PathLike[str], endings: tuple[str, ...], overwrite: bool
) -> Path:
    """Return a path; raises if it ends with none of the endings, or the file must not be there."""
    path = Path(filepath)
    if not path.name.endswith(endings):
        raise ValueError(f"{call}: {os.fspath(filepath)!r} has to end with {' or '.join(endings)}.")
    if not overwrite and path.exists():
        raise FileExistsError(f"{call}: {path} exists already; give overwrite=True to replace it.")
    return path


def refuse_unbuilt(call: str, model: Layer) -> None:
    """Raise `ValueError` if a model has no weights so far."""
    if not model.built:
        raise ValueError(
            f"{call}: {model.name} has no weights before it is built. Call it on data, or "
            f"build(input_shape), first."
        )


def _as_safetensors(places: list[Place]) -> bytes:
    tensors = {
        f"{place.path}/{number}": np.asarray(variable.numpy())
        for place in places
        for number, variable in enumerate(place.variables)
    }
    content: bytes = _safetensors().save(tensors)
    return content


def _from_safetensors(content: bytes, what: str) -> dict[str, Any]:
    library = _safetensors()
    try:
        tensors: dict[str, Any] = library.load(content)
    except Exception as error:
        raise ValueError(
            f"{what}: this is no safetensors file, or it is damaged ({error})."
        ) from None
    return tensors


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "install safetensors, as with pip install 'tinygrad-gates[io]'."
        ) from None
    return safetensors.numpy
