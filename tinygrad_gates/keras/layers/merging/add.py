"""The sum of the inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge


class Add(Merge):
    """Returns the sum of a list of inputs, element by element.

    >>> Add()([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[4., 6.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Value:
        """Return the sum."""
        result: Value = reduce(np.add, inputs)
        return result


def add(inputs: Any, **options: Any) -> Any:
    """Return the sum of a list of inputs: `Add` made and called."""
    return Add(**options)(inputs)
