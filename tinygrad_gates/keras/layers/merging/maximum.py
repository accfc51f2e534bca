"""The greatest of the inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge


class Maximum(Merge):
    """Returns the greatest of a list of inputs, element by element.

    >>> Maximum()([Value([[1.0, 2.0]]), Value([[3.0, 4.0]])]).numpy()
    array([[3., 4.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Value:
        """Return the greatest."""
        result: Value = reduce(np.maximum, inputs)
        return result


def maximum(inputs: Any, **options: Any) -> Any:
    """Return the greatest of a list of inputs: `Maximum` made and called."""
    return Maximum(**options)(inputs)
