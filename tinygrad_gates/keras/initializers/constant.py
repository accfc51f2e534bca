"""One number everywhere."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.initializers.initializer import Initializer, weight_dtype


class Constant(Initializer):
    """Fills with a number, or with an array that broadcasts to the shape.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    examples: ClassVar = (example(), example(value=0.5))

    def __init__(self, value: ArrayLike = 0.0) -> None:
        self.value = value

    def get_config(self) -> dict[str, Any]:
        """Return the value as plain data: an array as its numbers and dtype, as Keras has it."""
        value = self.value
        if isinstance(value, (np.ndarray, Value)) and value.ndim:
            config = {"value": value.tolist(), "dtype": value.dtype.name}
            return {"value": {"class_name": "__numpy__", "config": config}}
        return super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an initializer from what `get_config` returned, here or in Keras."""
        value = config["value"]
        if isinstance(value, dict):
            value = np.array(value["config"]["value"], value["config"]["dtype"])
        return cls(value)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Return an array filled with the value."""
        return np.full(shape, self.value, weight_dtype(dtype))
