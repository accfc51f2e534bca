"""The least of the inputs."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge, merged_where_counted


class Minimum(Merge):
    """Returns the least of a list of inputs, element by element; of those that count there.

    >>> Minimum()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Any:
        """Return the least."""
        return merged_where_counted(np.minimum, inputs)


def minimum(inputs: Any, **options: Any) -> Any:
    """Return the least of a list of inputs: `Minimum` made and called."""
    return Minimum(**options)(inputs)
