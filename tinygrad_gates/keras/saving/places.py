"""Where each object's numbers are in a file: paths along attributes, as Keras 3 lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.utils.naming import to_snake_case
from tinygrad_gates.keras.variable import Variable


class Place(NamedTuple):
    """A path in a file, what it belongs to, and its variables in order."""

    path: str
    owner: Any
    variables: list[Variable]


def places_in(model: Layer) -> list[Place]:
    """Return a place for a model, for every layer inside, and for the optimizer."""
    return list(_walk(model, "", set()))


def _walk(item: Any, path: str, seen: set[int]) -> Iterator[Place]:
    if id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, (Layer, Optimizer)):
        own = item._own_variables() if isinstance(item, Layer) else item.variables
        yield Place(_joined(path, "vars"), item, own)
        for name, child in item._saved_parts() if isinstance(item, Layer) else ():
            yield from _walk(child, _joined(path, name), seen)
        return
    counts: dict[str, int] = {}
    for child in item.values() if isinstance(item, dict) else item:
        if isinstance(child, Layer) and id(child) not in seen:
            name = to_snake_case(type(child).__name__)
            number = counts.get(name, 0)
            counts[name] = number + 1
            yield from _walk(child, _joined(path, f"{name}_{number}" if number else name), seen)


def _joined(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
