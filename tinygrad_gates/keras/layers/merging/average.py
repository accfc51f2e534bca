"""The mean of the inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge


class Average(Merge):
    """Returns the mean of a list of inputs, element by element.

    >>> Average()([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[2., 3.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Value:
        """Return the mean."""
        result: Value = reduce(np.add, inputs) / len(inputs)
        return result


def average(inputs: Any, **options: Any) -> Any:
    """Return the mean of a list of inputs: `Average` made and called."""
    return Average(**options)(inputs)
