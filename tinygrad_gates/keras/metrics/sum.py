"""The sum of values."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.metrics.weights import FLOAT64, as_weights, whole_numbers
from tinygrad_gates.keras.tensors import as_array


class Sum(Metric):
    """The sum of all values seen, each with its sample's weight.

    Args:
        name: the key in logs.
        dtype: of values, where it is one of integers, which cut off fractions; sums are float64.

    >>> total = Sum()
    >>> total.update_state([1.0, 2.0])
    >>> total([[4.0, 1.0]], sample_weight=[2.0])
    13.0
    """

    examples: ClassVar[tuple[Example, ...]] = (example((6,)), example((4, 3), name="all"))

    dtype_kinds = "fiu"

    def __init__(self, name: str | None = "sum", dtype: DTypeLike | None = None) -> None:
        super().__init__(dtype, name)
        self._whole = whole_numbers(self.dtype)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values of a batch.

        Args:
            values: a number, or an array with samples first.
            sample_weight: one weight for each sample (or for each value).

        Raises:
            ShapeError: if the weights do not fit the values.
        """
        array = as_array(values, self.name, self._whole)
        if sample_weight is not None:
            array = array * as_weights(sample_weight, array.shape, self.name, self._whole)
        exact = array.astype(FLOAT64, copy=False)
        self.total.replace(self.total._data + np.add.reduce(exact, axis=None))

    def result(self) -> float:
        """Return the sum."""
        return float(self.total._data)
