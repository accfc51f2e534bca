"""The greatest of the inputs."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge, merged_where_counted


class Maximum(Merge):
    """Returns the greatest of a list of inputs, element by element; of those that count there.

    >>> Maximum()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).numpy()
    array([[3., 4.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Any:
        """Return the greatest."""
        return merged_where_counted(np.maximum, inputs)


def maximum(inputs: Any, **options: Any) -> Any:
    """Return the greatest of a list of inputs: `Maximum` made and called."""
    return Maximum(**options)(inputs)
