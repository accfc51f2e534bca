"""The best recall among thresholds with enough precision."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.at_least import AtLeast


class RecallAtPrecision(AtLeast):
    """The best recall, tp / (tp + fn), where the precision, tp / (tp + fp), is enough.

    Args:
        precision: how much of it a threshold has to have, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried; one alone is 0.5.
        class_id: the only class that counts, along the last axis.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.

    Raises:
        ValueError: if precision is not from 0 to 1, or num_thresholds is no positive integer.

    >>> RecallAtPrecision(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
    1.0
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((30,), 0, 2, whole=True), Draw((30,), 0, 1), precision=0.5),
        example(
            *(Draw((30, 3), 0, 2, whole=True), Draw((30, 3), 0, 1)),
            precision=0.75, num_thresholds=20, class_id=1, name="best",
        ),
        example(
            *(Draw((30,), 0, 2, whole=True), Draw((30,), 0, 1)), precision=0.2, num_thresholds=1
        ),
    )  # fmt: skip

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)
        self.precision = precision

    def result(self) -> Any:
        """Return the best recall; 0 where no threshold has enough precision."""
        return self.best(self.recall_at(), where=self.precision_at())
