"""The difference of two inputs."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.merging.merge import PAIR, Merge


class Subtract(Merge):
    """Returns the difference of two inputs, element by element.

    >>> Subtract()([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[-2., -2.]], dtype=float32)
    """

    exactly = 2
    examples: ClassVar = PAIR

    def merged(self, inputs: list[Any]) -> Value:
        """Return the difference."""
        result: Value = inputs[0] - inputs[1]
        return result


def subtract(inputs: Any, **options: Any) -> Any:
    """Return the difference of two inputs: `Subtract` made and called."""
    return Subtract(**options)(inputs)
