"""The mean over samples."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.traced import Traced
from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.confusion import ratio
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.metrics.weights import FLOAT64, as_weights, sample_means, whole_numbers
from tinygrad_gates.keras.tensors import as_array

_ZERO, _ONE = np.float64(0), np.float64(1)


class Mean(Metric):
    """The mean of all values seen, each sample with its weight.

    Args:
        name: the key in logs.
        dtype: of values, where it is one of integers, which cut off fractions; sums are float64.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 2.0])
    >>> mean([6.0])
    3.0
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example((6,)),
        example((4, 3), name="average", dtype="float64"),
        example(Draw((5,), 0, 9, whole=True)),
    )

    dtype_kinds = "fiu"

    def __init__(self, name: str | None = "mean", dtype: DTypeLike | None = None) -> None:
        super().__init__(dtype, name)
        self._whole = whole_numbers(self.dtype)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add the values of a batch.

        Args:
            values: a number, or an array with samples first; a sample's values are averaged.
            sample_weight: one weight for each sample (or for each value).

        Raises:
            ShapeError: if the weights do not fit the values.
        """
        array = as_array(values, self.name, self._whole)
        if sample_weight is None:
            samples, size = len(array) if array.ndim else 1, array.size
            if size:
                total = np.add.reduce(array.astype(FLOAT64, copy=False), axis=None)
                self._add(total * (samples / size), samples)
            return
        if not array.ndim:
            array = array.reshape(1)
        weights = as_weights(sample_weight, array.shape, self.name, self._whole)
        each = np.broadcast_to(sample_means(weights), len(array))
        self._add(sample_means(array * weights).sum(), each.sum())

    def add(self, value: Any, samples: int) -> None:
        """Add a number that is already the mean over a number of samples."""
        self._add(_ONE * value * samples, samples)

    def _add(self, total: Any, count: Any) -> None:
        self.total._replace(self.total._data + total)
        self.count._replace(self.count._data + count)

    def reset_state(self) -> None:
        """Forget what was seen."""
        if len(self._variables) == 2:  # no others: an epoch is to cost little
            self.total._replace(_ZERO)
            self.count._replace(_ZERO)
        else:
            super().reset_state()

    def result(self) -> Any:
        """Return the weighted mean; 0 before anything was seen."""
        count: Any = self.count._data
        if isinstance(count, Traced):
            return ratio(self.total._data, count)  # type: ignore[arg-type]
        return float(self.total._data / count) if count else 0.0
