"""The names of activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_gates.keras.registry import Registry
from tinygrad_gates.keras.registry import serialize as _serialize
from tinygrad_gates.keras.symbolic import takes_places

Activation = Callable[..., Any]

registry: Registry[Activation] = Registry("activation function", takes_functions=True)


def activation(*aliases: str) -> Callable[[Activation], Activation]:
    """Make a function known by its name and aliases, as a decorator."""

    def register(function: Activation) -> Activation:
        function = takes_places(function)
        registry.add(function, function.__name__, *aliases)
        return function

    return register


def serialize(activation: Activation) -> Any:
    """Return the name under which `get` finds a function again.

    >>> import numpy as np
    >>> serialize(np.tanh)
    'tanh'
    """
    return activation.__name__ if activation.__name__ in registry else _serialize(activation)


def deserialize(config: Any, custom_objects: Any = None) -> Activation:
    """Return the function that `serialize` named.

    Raises `ValueError` for an unknown name.
    """
    if custom_objects and config in custom_objects:
        found: Activation = custom_objects[config]
        return found
    return registry.get(config)
