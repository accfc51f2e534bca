"""Where each object's numbers are in a file: paths along attributes, as Keras 3 lays them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.utils.naming import to_snake_case
from tinygrad_gates.keras.variable import Variable

Array = np.ndarray[Any, Any]


class Place(NamedTuple):
    """A path in a file, and what its numbers belong to."""

    path: str
    owner: Layer | Optimizer

    @property
    def variables(self) -> list[Variable]:
        """The owner's variables in the order of files, without those of layers inside."""
        owner = self.owner
        return owner._own_variables() if isinstance(owner, Layer) else owner.variables

    @property
    def stores_itself(self) -> bool:
        """Whether the owner is of a class that says itself what is stored of it."""
        own, usual = type(self.owner), Layer
        return isinstance(self.owner, Layer) and (
            own.save_own_variables is not usual.save_own_variables
            or own.load_own_variables is not usual.load_own_variables
        )

    def numbers(self) -> dict[str, Array]:
        """Return what a file holds at the path, by names."""
        if isinstance(self.owner, Layer):
            store: dict[str, Any] = {}
            self.owner.save_own_variables(store)
            return {str(name): np.asarray(array) for name, array in store.items()}
        return {str(n): np.asarray(v.numpy()) for n, v in enumerate(self.variables)}


def places_in(model: Layer, has: Callable[[str], bool] | None = None) -> list[Place]:
    """Return a place for a model, for every layer inside, and for optimizers.

    Args:
        model: what to go through.
        has: whether a file has numbers at a path. What several paths lead to is then at the
            first of these that the file has, which an attribute's new name may have changed.
    """
    walk = _Walk(has or (lambda path: True))
    walk.visit(model, "")
    return list(walk.places.values())


MOST_PATHS = 16
"""How many paths to one object are tried, so that a file without it takes no time for ever."""


class _Walk:
    """Goes through attributes, and through lists and dicts in them."""

    def __init__(self, has: Callable[[str], bool]) -> None:
        self.has = has
        self.places: dict[int, Place] = {}
        self._done: dict[int, Any] = {}
        self._inside: dict[int, Any] = {}
        self._tried: Counter[int] = Counter()

    def visit(self, item: Any, path: str) -> bool:
        """Note the places of an item and of all inside it; return whether the file has them."""
        if id(item) in self._done or id(item) in self._inside:
            return True
        self._inside[id(item)] = item
        found = True
        if isinstance(item, (Layer, Optimizer)):
            self._tried[id(item)] += 1
            found = self._note(Place(_joined(path, "vars"), item))
        if self._tried[id(item)] > MOST_PATHS:
            del self._inside[id(item)]
            return False
        for name, child in _children(item):
            found = self.visit(child, _joined(path, name)) and found
        del self._inside[id(item)]
        if found:
            self._done[id(item)] = item
        return found

    def _note(self, place: Place) -> bool:
        found = not place.variables or self.has(place.path)
        if found or id(place.owner) not in self.places:
            self.places[id(place.owner)] = place
        return found


def _children(item: Any) -> Iterator[tuple[str, Any]]:
    """Return the layers, optimizers and containers inside of one, by the names in files."""
    if isinstance(item, Layer):
        yield from ((name, part) for name, part in item._saved_parts() if _is_saved(part))
    elif not isinstance(item, Optimizer):
        counts: dict[str, int] = {}
        for child in filter(_is_saved, item.values() if isinstance(item, dict) else item):
            name = _name(child)
            number = counts[name] = counts.get(name, -1) + 1
            yield (f"{name}_{number}" if number else name), child


def _is_saved(item: Any) -> bool:
    return isinstance(item, (Layer, Optimizer, list, tuple, dict))


def _name(item: Any) -> str:
    if isinstance(item, Layer):
        return to_snake_case(item.kind)
    return to_snake_case(type(item).__name__) if isinstance(item, Optimizer) else "container"


def _joined(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
