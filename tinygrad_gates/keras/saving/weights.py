"""Saving and loading the numbers of a model: `.weights.h5` and `.safetensors`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.files import write_bytes
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.saving import h5
from tinygrad_gates.keras.saving.archive import read_weights
from tinygrad_gates.keras.saving.places import Place, places_in
from tinygrad_gates.keras.variable import Variable

KERAS, H5, SAFETENSORS = ".keras", ".weights.h5", ".safetensors"
OPTIMIZER = "optimizer/vars"
Change = tuple[Variable, np.ndarray[Any, Any]]
At = Callable[[str], Mapping[str, Any]]
"""Gives the arrays of a place in a file, by their names; none if the file has no such place."""


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
    model: Layer,
    filepath: str | os.PathLike[str],
    skip_mismatch: bool = False,
    by_name: bool | None = None,
) -> None:
    """Read weights, and the optimizer's state, from a file; all of them, or none.

    A state of another kind of optimizer is left out, with a warning.

    Args:
        model: built for the same shapes.
        filepath: as for `save_weights`, or a whole model's ".keras"; written here or by Keras 3.
        skip_mismatch: whether layers whose weights do not fit are left as they are, with a
            warning.
        by_name: as in Keras, refused: only files of Keras 2 have weights by layers' names.

    Raises:
        ValueError: if a layer's weights are missing, or have other shapes, or the file is damaged.
        FileNotFoundError: if there is no such file.
    """
    if by_name is not None:
        raise ValueError("load_weights: by_name is for files of Keras 2, which are not read here.")
    path = checked_path("load_weights", filepath, (KERAS, H5, SAFETENSORS))
    refuse_unbuilt("load_weights", model)
    what = f"load_weights: {path}"
    if not path.name.endswith(SAFETENSORS):
        content = read_weights(path, what) if path.name.endswith(KERAS) else path.read_bytes()
        load_h5(model, content, what, skip_mismatch)
        return
    flat = _from_safetensors(path.read_bytes(), what)
    paths = {name.rpartition("/")[0] for name in flat}

    def at(place: str) -> dict[str, Any]:
        start = f"{place}/"
        return {n.removeprefix(start): a for n, a in flat.items() if n.rpartition("/")[0] == place}

    _warn_of(_load(model, at, paths, what, skip_mismatch), what)


def load_h5(model: Layer, content: bytes, what: str, skip_mismatch: bool = False) -> None:
    """Read the numbers of an HDF5 file into a model; all of them, or none."""
    with h5.opened(content, what) as numbers:
        skipped = _load(model, numbers.at, numbers.paths(), what, skip_mismatch)
    _warn_of(skipped, what)


def _warn_of(skipped: list[Place], what: str) -> None:
    if skipped:
        names = ", ".join(place.owner.name for place in skipped)
        warnings.warn(f"{what}: the file has other numbers for {names}, left as is.", stacklevel=4)


def _load(model: Layer, at: At, paths: set[str], what: str, skip_mismatch: bool) -> list[Place]:
    """Return the places that were left as they are."""
    places = places_in(model, paths.__contains__)
    made, emptied = _ready_optimizers(places, at)
    try:
        changes, skipped = _changes(places, at, what, skip_mismatch)
        _refuse_unknown(model, paths - {place.path for place in places}, what, skip_mismatch)
        _commit([place for place in places if place not in skipped], changes, at, what)
    except BaseException:
        for optimizer in made:
            optimizer._forget()
        raise
    for optimizer in emptied:
        optimizer._forget()
    return skipped


def _ready_optimizers(places: list[Place], at: At) -> tuple[list[Optimizer], list[Optimizer]]:
    """Build the optimizers that a file has a state for.

    Return these, and those that the file has from before their first step.
    """
    made, emptied = [], []
    for place in places:
        optimizer = getattr(place.owner, "optimizer", None)
        if not isinstance(optimizer, Optimizer):
            continue
        stored = len(at(place.path.removesuffix("vars") + OPTIMIZER))
        if stored == len(optimizer._settings):
            emptied.append(optimizer)
        elif stored and not optimizer.built and isinstance(place.owner, Layer):
            optimizer.build(place.owner.trainable_weights)
            made.append(optimizer)
    return made, emptied


def _changes(
    places: list[Place], at: At, what: str, skip_mismatch: bool
) -> tuple[list[Change], list[Place]]:
    """Return what is to be assigned, and the places that are left as they are."""
    changes: list[Change] = []
    skipped: list[Place] = []
    for place in places:
        found = at(place.path)
        if isinstance(place.owner, Optimizer) and not found:
            continue  # weights that were saved before there was an optimizer
        if place.stores_itself:
            continue
        try:
            changes += _matched(place, found, what)
        except ValueError:
            # As in Keras: the weights are of use to another optimizer too.
            if not skip_mismatch and not isinstance(place.owner, Optimizer):
                raise
            skipped.append(place)
    return changes, skipped


def _refuse_unknown(model: Layer, paths: set[str], what: str, skip_mismatch: bool) -> None:
    # Of models that were compiled, whether these are or not.
    unknown = sorted(path for path in paths if not path.endswith(OPTIMIZER))
    if unknown and not model.built:
        raise ValueError(f"{what}: the file does not say for which input shape the model was made.")
    if unknown and not skip_mismatch:
        raise ValueError(
            f"{what}: the file has weights at {unknown[0]!r}, and the model has no such layer. "
            f"Make the model as it was saved."
        )


def _commit(places: list[Place], changes: list[Change], at: At, what: str) -> None:
    """Assign all numbers, or none if a layer that loads its own refuses them."""
    before = [(variable, variable._data) for place in places for variable in place.variables]
    for variable, array in changes:
        variable.replace(array if array.ndim else array[()])
    try:
        for place in places:
            if place.stores_itself and isinstance(place.owner, Layer):
                store = {name: np.asarray(item[()]) for name, item in at(place.path).items()}
                place.owner.load_own_variables(store)
    except Exception as error:
        for variable, data in before:
            variable.replace(data)
        raise ValueError(f"{what}: {place.owner.name}.load_own_variables: {error!r}") from error


def _matched(place: Place, found: Mapping[str, Any], what: str) -> list[Change]:
    owner, variables = place.owner.name, place.variables
    if isinstance(place.owner, Optimizer) and len(found) == len(place.owner._settings):
        variables = place.owner._settings
    expected = [str(number) for number in range(len(variables))]
    if set(found) != set(expected):
        raise ValueError(
            f"{what}: {owner} has {len(expected)} variables, and the file has {len(found)} at "
            f"{place.path!r}. Make the model as it was saved."
        )
    changes = []
    for number, variable in zip(expected, variables, strict=True):
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
    call: str, filepath: str | os.PathLike[str], endings: tuple[str, ...], overwrite: bool = True
) -> Path:
    """Return a path; raises if it ends with none of the endings, or the file must not be there."""
    if not isinstance(filepath, (str, os.PathLike)):
        raise TypeError(f"{call}: filepath={filepath!r} has to be a path, a string or a Path.")
    path = Path(filepath)
    if not path.name.endswith(endings):
        legacy = " Keras 2's .h5 files are not supported." if path.suffix in _LEGACY else ""
        raise ValueError(f"{call}: {str(path)!r} has to end with {' or '.join(endings)}.{legacy}")
    if not overwrite and path.exists():
        raise FileExistsError(f"{call}: {path} exists already; give overwrite=True to replace it.")
    return path


_LEGACY = (".h5", ".hdf5")


def refuse_unbuilt(call: str, model: Layer) -> None:
    """Raise `ValueError` if a model has no weights so far."""
    if not model.built:
        raise ValueError(
            f"{call}: {model.name} has no weights before it is built. Call it on data, or "
            f"build(input_shape), first."
        )


def _as_safetensors(places: list[Place]) -> bytes:
    tensors = {
        f"{place.path}/{name}": array for place in places for name, array in place.numbers().items()
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
