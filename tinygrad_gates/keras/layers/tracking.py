"""What a layer owns: its weights, and the layers inside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import constraints, regularizers
from tinygrad_gates.keras.layers import context
from tinygrad_gates.keras.random import SeedGenerator
from tinygrad_gates.keras.registry import is_ours
from tinygrad_gates.keras.tensors import as_value
from tinygrad_gates.keras.variable import Variable


class Tracking:
    """Finds the weights and the layers in an object's attributes, in lists and dicts too."""

    name: str
    dtype: np.dtype[Any]
    built: bool
    _building: int = 0
    _trainable: bool
    _weights: list[Variable]

    def add_weight(
        self,
        shape: Sequence[int] | int | None = None,
        initializer: Any = None,
        dtype: DTypeLike | None = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        regularizer: Any = None,
        constraint: Any = None,
        **ignored: Any,
    ) -> Variable:
        """Return a new weight, which belongs to the layer.

        Args:
            shape: of the weight; a scalar by default.
            initializer: a name, an object, or a function of a shape and a dtype; by default
                "glorot_uniform" for floats, "zeros" for others.
            dtype: the layer's by default.
            trainable: whether the optimizer changes it.
            name: the last part of its path, which begins with the names of the layers around it.
            regularizer: a name, an object or a function: a penalty that is added to the loss.
            constraint: a name, an object or a function: applied after each training step.
            **ignored: `autocast`, `aggregation` and `overwrite_with_gradient` mean nothing here.

        Raises:
            ValueError: for unknown names, a shape that is a name, or if `call` is at work.
            TypeError: for unknown arguments.
        """
        self._refuse_new_state()
        if isinstance(shape, str):
            raise ValueError(
                f"{self.name}.add_weight: shape={shape!r} is no shape. Give name={shape!r}."
            )
        if unknown := set(ignored) - {"autocast", "aggregation", "overwrite_with_gradient"}:
            raise TypeError(f"{self.name}.add_weight: unknown argument {unknown.pop()!r}.")
        weight_dtype = np.dtype(dtype or self.dtype)
        if initializer is None:
            initializer = "glorot_uniform" if weight_dtype.kind == "f" else "zeros"
        lengths = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape or ())
        weight = Variable(
            initializer,
            lengths,
            weight_dtype,
            trainable,
            name,
            owner=context.path_of(self),
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
        )
        self._weights.append(weight)
        return weight

    def _refuse_new_state(self) -> None:
        if self.built and not self._building and context.current.get() is not None:
            raise ValueError(
                f"{self.name}: add_weight inside of call would make a new weight at each call. "
                f"Make weights in build(input_shape), or in __init__."
            )

    # -------------------------------------------------------------------- what is inside

    @property
    def trainable(self) -> bool:
        """Whether the optimizer changes the weights; setting it sets the layers inside too."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        for layer in self._sublayers():
            layer.trainable = trainable

    @property
    def weights(self) -> list[Variable]:
        """All weights: the trainable ones of its own, its others, then those of layers inside."""
        return self._collect(only_trainable=False, seen=set())

    @property
    def variables(self) -> list[Variable]:
        """The weights, then what else changes: the states of seed generators and the like."""
        passing = [item for layer in self._all_layers() for item in layer._passing_variables()]
        generators = self._seed_generators()
        return [*self.weights, *(generator.state for generator in generators), *passing]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that the optimizer changes."""
        return self._collect(only_trainable=True, seen=set())

    @property
    def trainable_variables(self) -> list[Variable]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that the optimizer leaves alone."""
        trainable = set(map(id, self.trainable_weights))
        return [weight for weight in self.weights if id(weight) not in trainable]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """All variables but the trainable weights."""
        trainable = set(map(id, self.trainable_weights))
        return [variable for variable in self.variables if id(variable) not in trainable]

    def _passing_variables(self) -> list[Variable]:
        """Return its own variables that are no weights, and in no files."""
        return []

    def _own_variables(self) -> list[Variable]:
        """Return its own weights without those of layers inside, trainable ones first."""
        passing = set(map(id, self._passing_variables()))
        found = [item for item in flatten(vars(self).values()) if isinstance(item, Variable)]
        own = [item for item in found if id(item) not in passing]
        return sorted(dict.fromkeys(own), key=lambda weight: not weight.trainable)

    def _collect(self, only_trainable: bool, seen: set[int]) -> list[Variable]:
        if id(self) in seen or (only_trainable and not self._trainable):
            return []
        seen.add(id(self))
        found = []
        for weight in self._own_variables():
            if id(weight) not in seen:
                seen.add(id(weight))
                if weight.trainable or not only_trainable:
                    found.append(weight)
        for layer in self._sublayers():
            found.extend(layer._collect(only_trainable, seen))
        return found

    def _sublayers(self) -> list[Self]:
        """Return the layers directly inside."""
        items = flatten(vars(self).values())
        return list(dict.fromkeys(item for item in items if isinstance(item, Tracking)))  # type: ignore[misc]

    def _all_layers(self) -> list[Self]:
        """Return the layer itself and all layers inside it, at any depth."""
        found: dict[Self, None] = {}
        waiting = [self]
        while waiting:
            layer = waiting.pop()
            if layer not in found:
                found[layer] = None
                waiting.extend(reversed(layer._sublayers()))
        return list(found)

    def _seed_generators(self) -> list[SeedGenerator]:
        """Return the seed generators of the layer and of all layers inside it."""
        return [
            item
            for layer in self._all_layers()
            for item in flatten(vars(layer).values())
            if isinstance(item, SeedGenerator)
        ]

    # -------------------------------------------------------------------- numbers

    def get_weights(self) -> list[np.ndarray[Any, Any]]:
        """Return copies of all weights' numbers, in the order of `weights`."""
        return [np.asarray(weight.numpy()) for weight in self.weights]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace all weights' numbers, in the order of `weights`; all of them, or none.

        Raises:
            ValueError: if the number of arrays is another than that of the weights.
            ShapeError: if an array has another shape than its weight.
            DtypeError: if an array holds no numbers.
        """
        own = self.weights
        weights = [*weights] if np.iterable(weights) else [weights]
        if len(weights) != len(own):
            built = "" if own else " It has no weights before it is built or called."
            raise ValueError(
                f"{self.name}.set_weights: {len(weights)} arrays were given, and there are "
                f"{len(own)} weights.{built}"
            )
        arrays = [
            as_value(array, weight.dtype, f"{self.name}.set_weights: {weight.path}").numpy()
            for array, weight in zip(weights, own, strict=True)
        ]
        for array, weight in zip(arrays, own, strict=True):
            if array.shape != weight.shape:
                raise ShapeError(
                    f"{self.name}.set_weights: {weight.path} has shape {weight.shape}, and the "
                    f"array given for it {array.shape}."
                )
        for array, weight in zip(arrays, own, strict=True):
            weight.replace(array)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put its own numbers into a store, without those of layers inside; for files.

        A subclass that keeps numbers elsewhere defines this and `load_own_variables`.

        Args:
            store: takes arrays by names.
        """
        for number, variable in enumerate(self._own_variables()):
            store[str(number)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take its own numbers from a store, as `save_own_variables` put them there.

        Raises `ValueError` if there are others than the layer has variables.
        """
        own = self._own_variables()
        if len(store) != len(own):
            raise ValueError(
                f"{self.name}: the layer has {len(own)} variables, and there are {len(store)}."
            )
        for number, variable in enumerate(own):
            variable.assign(store[str(number)])

    def count_params(self) -> int:
        """Return how many numbers the weights hold.

        Raises `ValueError` if there are no weights yet.
        """
        if not self.built:
            raise ValueError(
                f"{self.name}: the weights are not made yet. Call the layer on data, or "
                f"build(input_shape), first."
            )
        return sum(math.prod(weight.shape) for weight in self.weights)


def flatten(items: Any, around: tuple[int, ...] = ()) -> Iterator[Any]:
    """Go through nested lists, tuples and dicts; what contains itself is gone through once."""
    for item in items:
        if not isinstance(item, (list, tuple, dict)):
            yield item
        elif id(item) not in around:
            parts = item.values() if isinstance(item, dict) else item
            yield from flatten(parts, (*around, id(item)))


def parts_of(item: Tracking, reference: Tracking, **others: Any) -> Iterator[tuple[str, Any]]:
    """Return the attributes of a layer, sorted by name, private ones last.

    Args:
        item: the layer. Properties count where they are of a user's own class.
        reference: what has the attributes that every layer of the kind has, which are left out.
        **others: more attributes to sort in.
    """
    attributes = {**_properties(item), **vars(item)}
    attributes = {k: v for k, v in attributes.items() if k not in vars(reference)} | others
    for name in sorted(attributes, key=lambda name: (name.startswith("_"), name)):
        yield name, attributes[name]


def _properties(item: Tracking) -> dict[str, Any]:
    """Return what the properties of a user's own class give; none that cannot be had now."""
    found: dict[str, Any] = {}
    for cls in type(item).__mro__:
        if is_ours(cls):
            break
        for name in cls.__dict__:
            if isinstance(cls.__dict__[name], (property, cached_property)) and name not in found:
                with suppress(Exception):
                    found[name] = getattr(item, name)
    return found
