"""Single entries of a model's weights: found by name, read, and replaced for a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.picture.plots.inputs import Array, numbers

_HOW = 'Give pairs such as (("dense/kernel", (0, 0)), ("dense/bias", 0)).'


class Entry(NamedTuple):
    """One number among the weights.

    Attributes:
        number: of the weight in the model's list.
        place: in the weight.
        label: what axes call it.
        now: what it is.
    """

    number: int
    place: tuple[int, ...]
    label: str
    now: float

    def of(self, arrays: Sequence[Any]) -> float:
        """Return what it is in a list of all weights."""
        return float(numbers(arrays[self.number])[self.place])


def entries_of(model: Any, weights: Sequence[Any] | None) -> list[Entry]:
    """Return two entries of a model's weights.

    Raises `ValueError` if there are none of these names or places.
    """
    if not model.weights:
        raise ValueError(
            "loss_surface: the model has no weights yet. Build it first: give its first layer "
            "input_shape=, or call it."
        )
    if weights is None:
        weights = _first_two(model)
    try:
        pairs = [(name, place) for name, place in weights]
    except (TypeError, ValueError):
        pairs = []
    if len(pairs) != 2:
        raise ValueError(f"loss_surface: weights={weights!r} are not two entries. {_HOW}")
    return [_entry(model, name, place) for name, place in pairs]


def _first_two(model: Any) -> list[tuple[int, Any]]:
    shapes = [tuple(weight.shape) for weight in model.weights]
    places = [(n, place) for n, shape in enumerate(shapes) for place in np.ndindex(*shape)][:2]
    return places


def _entry(model: Any, name: str | int, place: Any) -> Entry:
    paths = [str(weight.path) for weight in model.weights]
    if isinstance(name, str):
        found = [n for n, path in enumerate(paths) if f"/{path}".endswith(f"/{name}")]
    else:
        found = [name] if 0 <= name < len(paths) else []
    if len(found) != 1:
        which = "several of the model's weights" if found else "none of the model's weights"
        raise ValueError(f"loss_surface: {name!r} is {which}: {', '.join(paths)}. {_HOW}")
    (number,) = found
    place = tuple(int(i) for i in np.atleast_1d(place)) if np.size(place) else ()
    array = numbers(model.weights[number])
    if len(place) != array.ndim or any(
        not -size <= i < size for i, size in zip(place, array.shape, strict=True)
    ):
        raise ValueError(
            f"loss_surface: {paths[number]} has shape {array.shape}, and so no place {place}. "
            f"{_HOW}"
        )
    inside = ", ".join(map(str, place))
    label = f"{'/'.join(paths[number].split('/')[-2:])}[{inside}]"
    return Entry(number, place, label, float(array[place]))


def loss_of_entries(
    model: Any, entries: Sequence[Entry], x: Any, y: Any
) -> Callable[[float, float], float]:
    """Return the loss of a model as a function of two entries, which has no lasting effect.

    Raises `TypeError` without data.
    """
    if x is None or y is None:
        raise TypeError("loss_surface: the loss of a model is one for data. Give x= and y=.")
    x, y = np.asarray(x), np.asarray(y)

    def loss(*items: float) -> float:
        variables = [model.weights[entry.number] for entry in entries]
        before: list[Array] = [np.array(numbers(variable)) for variable in variables]
        try:
            for entry, variable, item in zip(entries, variables, items, strict=True):
                array = np.array(numbers(variable))
                array[entry.place] = item
                variable.assign(array)
            return float(model.compute_loss(x=x, y=y, y_pred=model(x), training=False))
        finally:
            for variable, array in zip(variables, before, strict=True):
                variable.assign(array)

    return loss
