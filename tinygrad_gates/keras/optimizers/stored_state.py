"""The state of an optimizer as arrays: put into files, and taken from them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.variable import Variable


class StoredState:
    """What of an `Optimizer` reads and writes its `variables`."""

    name: str

    @property
    def built(self) -> bool:
        """Whether there are parameters that it works on."""
        raise NotImplementedError

    @property
    def variables(self) -> list[Variable]:
        """What the state consists of, in order."""
        raise NotImplementedError

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give `variables` other numbers, all or none.

        Raises `ValueError` if it works on no parameters yet, or if counts or shapes differ.
        """
        variables = self.variables
        if not self.built:
            raise ValueError(
                f"{self.name}.set_weights: it has no parameters yet. Call "
                f"build(model.trainable_variables) first."
            )
        if len(weights) != len(variables):
            raise ValueError(
                f"{self.name}.set_weights: there are {len(weights)} arrays for {len(variables)} "
                f"variables."
            )
        _load(variables, [np.asarray(weight) for weight in weights])

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the numbers of `variables` into a store, by their places: "0", "1" and so on."""
        for place, variable in enumerate(self.variables):
            store[str(place)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the numbers of `variables` from a store, all or none.

        A store with another number of them is left alone, with a warning, as by Keras.

        Raises `ShapeError` if a shape differs.
        """
        variables = self.variables
        if len(store.keys()) != len(variables):
            warnings.warn(
                f"{self.name}: its state is not loaded: there are {len(store.keys())} variables, "
                f"and it has {len(variables)}.",
                stacklevel=2,
            )
            return
        _load(variables, [np.asarray(store[str(place)]) for place in range(len(variables))])


def _load(variables: list[Variable], arrays: list[Any]) -> None:
    for variable, array in zip(variables, arrays, strict=True):
        if array.shape != variable.shape:
            raise ShapeError(
                f"{variable.path}: the variable has shape {variable.shape}; the loaded one "
                f"has {array.shape}."
            )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
