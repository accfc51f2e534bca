"""What initializers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.registry import Configurable, Registry

Filler = Callable[..., Any]


class Initializer(Configurable):
    """A function of a shape and a dtype that returns a new weight's numbers.

    Draws go through `tinygrad_gates.random`, so that they are TensorFlow's.
    """

    registry: ClassVar[Registry[Filler]] = Registry("initializer", takes_functions=True)
    config_module = "keras.initializers"

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Return an array of a shape and a floating dtype, `floatx()` by default."""
        raise NotImplementedError(f"{type(self).__name__} has to define __call__(shape, dtype).")

    def clone(self) -> Self:
        """Return another initializer of the same configuration."""
        return type(self).from_config(self.get_config())


def weight_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return a dtype; `floatx()` for None.

    >>> weight_dtype(None)
    dtype('float32')
    """
    return np.dtype(floatx() if dtype is None else dtype)


def get(identifier: Any) -> Any:
    """Return an initializer by its name, class or configuration, or as it is; None means none.

    An array stands for an initializer that returns it, and takes no shape but its own.

    Raises `ValueError` for an unknown name.

    >>> get("zeros")((2,))
    array([0., 0.], dtype=float32)
    """
    if isinstance(identifier, (np.ndarray, np.generic, Value)):
        return _giving(np.array(identifier))
    return None if identifier is None else Initializer.registry.get(identifier)


def _giving(array: np.ndarray[Any, Any]) -> Filler:
    def give(shape: tuple[int, ...], dtype: DTypeLike | None = None) -> np.ndarray[Any, Any]:
        if tuple(shape) != array.shape:
            raise ShapeError(
                f"initializer: an array of shape {array.shape} was given, and the weight has shape "
                f"{tuple(shape)}."
            )
        return array.astype(weight_dtype(dtype))

    return give
