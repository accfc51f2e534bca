"""What the four counts of the confusion matrix share."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.confusion import ThresholdMetric, one_or_all
from tinygrad_gates.keras.variable import Variable


class ConditionCount(ThresholdMetric, shared=True):
    """One of the four counts at each threshold: the one that `kept` names.

    Arguments and errors are those of `TruePositives`.
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((9,), 0, 2, whole=True), Draw((9,), 0, 1)),
        example(Draw((9, 2), 0, 2, whole=True), Draw((9, 2), 0, 1), thresholds=[0.7, 0.2]),
    )
    accumulator: Variable

    def __init__(
        self, thresholds: Any = None, name: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(thresholds, name, dtype)

    def result(self) -> Any:
        """Return the count, or an array with one for each of several thresholds."""
        return one_or_all(self.accumulator.numpy())
