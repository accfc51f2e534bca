"""Everything that a training has to know to go on in another process, as one file.

The file is NumPy's archive of arrays without any pickled object; what is no array is in one of
them as JSON.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.files import write_bytes
from tinygrad_gates.keras.layers.tracking import flatten
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.trainers.resume import Resume
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.random.streams import State

if TYPE_CHECKING:
    from tinygrad_gates.keras.callbacks.callback import Callback
    from tinygrad_gates.keras.models.model import Model

VERSION = 1
_ARRAY = "__array__"
_PLAIN = "plain"


def save(path: Path, model: Model, callbacks: Sequence[Callback], more: dict[str, Any]) -> None:
    """Write the state of a model in training, and more, wholly or not at all.

    Raises `TypeError` if a callback's state is neither plain data nor arrays, `ValueError` if an
    optimizer trains what the model does not hold.
    """
    arrays: dict[str, Any] = {}
    plain = json.dumps(_packed({**_state(model, callbacks), **more}, arrays))
    arrays[_PLAIN] = np.frombuffer(plain.encode(), np.uint8)
    content = io.BytesIO()
    np.savez(content, **arrays)
    write_bytes(path, content.getvalue())


def load(path: Path) -> dict[str, Any]:
    """Return the state that `save` wrote.

    Raises `ValueError` if the file is damaged, or something else.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        state = _unpacked(json.loads(arrays[_PLAIN].tobytes()), arrays)
        if state["version"] != VERSION:
            raise ValueError(f"version {state['version']}")
        return dict(state)
    except FileNotFoundError:
        raise
    except Exception as failure:  # of any kind, from the archive, its compression or its arrays
        raise ValueError(
            f"{path} is damaged, or no backup of a training ({failure}). Remove it to train from "
            f"the start."
        ) from None


def restore(state: dict[str, Any], model: Model, callbacks: Sequence[Callback], path: Path) -> None:
    """Bring a model that begins to train to where the state was taken.

    Raises `ValueError` if the state is of another model, another optimizer or other callbacks;
    then nothing is changed.
    """
    optimizers = _optimizers(model)
    _check("model's variables", _described(model.variables), state["model"], path)
    _check("optimizers", _kinds(optimizers), [saved["kind"] for saved in state["optimizers"]], path)
    _check("callbacks", _kinds(callbacks), [kind for kind, _ in state["callbacks"]], path)
    variables, arrays = model.variables, [*state["model_arrays"]]
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        if not optimizer.built:
            optimizer.build([model.variables[place] for place in saved["places"]])
        own = optimizer.variables
        _check("optimizer's variables", _described(own), saved["variables"], path)
        variables, arrays = [*variables, *own], [*arrays, *saved["arrays"]]
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
    model._need_compiled("fit").set_state(state["compiled"])
    for metric, arrays in zip(_kept_metrics(model), state["metrics"], strict=True):
        metric.set_state(arrays)
    for callback, (_, own_state) in zip(callbacks, state["callbacks"], strict=True):
        callback.set_state(own_state)
    assert model.history is not None
    model.history.epoch = state["epochs"]
    model.history.history = state["history"]
    model.stop_training = state["stop_training"]
    model._resume = Resume(*state["resume"])
    random.set_state(_streams(state["random"]))


def _state(model: Model, callbacks: Sequence[Callback]) -> dict[str, Any]:
    history = model.history
    assert history is not None
    streams = random.get_state()
    return {
        "version": VERSION,
        "model": _described(model.variables),
        "model_arrays": [np.asarray(v.numpy()) for v in model.variables],
        "optimizers": [_optimizer_state(model, optimizer) for optimizer in _optimizers(model)],
        "compiled": model._need_compiled("fit").get_state(),
        "metrics": [metric.get_state() for metric in _kept_metrics(model)],
        "callbacks": [[type(item).__name__, item.get_state()] for item in callbacks],
        "epochs": history.epoch,
        "history": history.history,
        "stop_training": model.stop_training,
        "resume": list(model._progress or ()),
        "random": [
            streams.global_seed,
            streams.operation_seeds,
            [[*name, block] for name, block in streams.next_block.items()],
            streams.spawned,
        ],
    }


def _optimizers(model: Model) -> list[Optimizer]:
    """Return the optimizer of `compile`, and those that the model keeps in attributes."""
    held = [model.optimizer, *flatten(vars(model).values())]
    return [*dict.fromkeys(item for item in held if isinstance(item, Optimizer))]


def _optimizer_state(model: Model, optimizer: Optimizer) -> dict[str, Any]:
    places = {id(variable): place for place, variable in enumerate(model.variables)}
    foreign = [v.path for v in optimizer._parameters if id(v) not in places]
    if foreign:
        raise ValueError(
            f"{optimizer.name} trains {', '.join(foreign)}, which the model does not hold: a "
            f"backup of the training would lack it. Keep its layer in an attribute of the model."
        )
    return {
        "kind": type(optimizer).__name__,
        "places": [places[id(variable)] for variable in optimizer._parameters],
        "variables": _described(optimizer.variables),
        "arrays": [np.asarray(v.numpy()) for v in optimizer.variables],
    }


def _kinds(items: Sequence[object]) -> list[str]:
    return [type(item).__name__ for item in items]


def _streams(plain: Any) -> State:
    seed, (version, words, gauss), blocks, spawned = plain
    seeds = (version, tuple(words), gauss)
    return State(seed, seeds, {tuple(name): block for *name, block in blocks}, spawned)


def _kept_metrics(model: Model) -> list[Any]:
    """Return the metrics that are not those of `compile`."""
    compiled = model._need_compiled("fit").metrics
    return [metric for metric in model._single_metrics if metric not in compiled]


def _described(variables: Sequence[Variable]) -> list[str]:
    """Return names without those of owners, which a notebook numbers anew, and shapes."""
    return [f"{variable.name.rpartition('_')[2]} {variable.shape}" for variable in variables]


def _check(what: str, own: list[str], saved: list[str], path: os.PathLike[str]) -> None:
    if own != saved:
        here, there = (", ".join(items) or "none" for items in (own, saved))
        raise ValueError(
            f"{path} is the backup of another training: its {what} are {there}, and here they "
            f"are {here}. Remove it to train from the start."
        )


def _packed(item: Any, arrays: dict[str, Any]) -> Any:
    """Return plain data with numbers in the place of arrays, which are put aside."""
    if isinstance(item, np.generic):
        return item.item()
    if isinstance(item, np.ndarray):
        name = f"array{len(arrays)}"
        arrays[name] = item
        return {_ARRAY: name}
    if isinstance(item, Mapping):
        return {name: _packed(part, arrays) for name, part in item.items()}
    if isinstance(item, (list, tuple)):
        return [_packed(part, arrays) for part in item]
    return item


def _unpacked(item: Any, arrays: dict[str, Any]) -> Any:
    if isinstance(item, dict):
        if _ARRAY in item:
            return arrays[item[_ARRAY]]
        return {name: _unpacked(part, arrays) for name, part in item.items()}
    return [_unpacked(part, arrays) for part in item] if isinstance(item, list) else item
