"""The product of the inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge


class Multiply(Merge):
    """Returns the product of a list of inputs, element by element.

    >>> Multiply()([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[3., 8.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Value:
        """Return the product."""
        result: Value = reduce(np.multiply, inputs)
        return result


def multiply(inputs: Any, **options: Any) -> Any:
    """Return the product of a list of inputs: `Multiply` made and called."""
    return Multiply(**options)(inputs)
