"""The least of the inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge


class Minimum(Merge):
    """Returns the least of a list of inputs, element by element.

    >>> Minimum()([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Value:
        """Return the least."""
        result: Value = reduce(np.minimum, inputs)
        return result


def minimum(inputs: Any, **options: Any) -> Any:
    """Return the least of a list of inputs: `Minimum` made and called."""
    return Minimum(**options)(inputs)
