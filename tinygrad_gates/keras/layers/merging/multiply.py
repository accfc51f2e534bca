"""The product of the inputs."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.layers.merging.merge import TRIPLE, Merge, counted


class Multiply(Merge):
    """Returns the product of a list of inputs, element by element; of those that count there.

    >>> Multiply()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).numpy()
    array([[3., 8.]], dtype=float32)
    """

    examples: ClassVar = TRIPLE

    def merged(self, inputs: list[Any]) -> Any:
        """Return the product; what is masked in all inputs is 0."""
        counts = [counted(value) for value in inputs]
        factors = [
            value if own is None else np.where(own, value, 1)
            for value, own in zip(inputs, counts, strict=True)
        ]
        product = reduce(np.multiply, factors)
        if any(own is None for own in counts):
            return product
        return np.where(np.logical_or.reduce(counts), product, 0)


def multiply(inputs: Any, **options: Any) -> Any:
    """Return the product of a list of inputs: `Multiply` made and called."""
    return Multiply(**options)(inputs)
