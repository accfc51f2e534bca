"""What initializers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.registry import Configurable, Registry

Filler = Callable[..., Any]


class Initializer(Configurable):
    """A function of a shape and a dtype that returns a new weight's numbers.

    Seeded draws go through `tinygrad_gates.random`, so that they are TensorFlow's.
    """

    registry: ClassVar[Registry[Filler]] = Registry("initializer", takes_functions=True)
    config_module = "keras.initializers"

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Return an array of a shape and a floating dtype."""
        raise NotImplementedError


def get(identifier: str | Filler | type[Initializer] | dict[str, Any]) -> Filler:
    """Return an initializer by its name, class or configuration, or as it is.

    Raises `ValueError` for an unknown name.

    >>> get("zeros")((2,))
    array([0., 0.], dtype=float32)
    """
    return Initializer.registry.get(identifier)
