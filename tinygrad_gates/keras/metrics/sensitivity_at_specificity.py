"""The best sensitivity among thresholds with enough specificity."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.at_least import AtLeast


class SensitivityAtSpecificity(AtLeast):
    """The best sensitivity, tp / (tp + fn), where the specificity, tn / (tn + fp), is enough.

    Args:
        specificity: how much of it a threshold has to have, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried; one alone is 0.5.
        class_id: the only class that counts, along the last axis.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.

    Raises:
        ValueError: if specificity is not from 0 to 1, or num_thresholds is no positive integer.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((30,), 0, 2, whole=True), Draw((30,), 0, 1), specificity=0.5),
        example(
            *(Draw((30, 3), 0, 2, whole=True), Draw((30, 3), 0, 1)),
            specificity=0.75, num_thresholds=20, class_id=1, name="best",
        ),
        example(
            *(Draw((30,), 0, 2, whole=True), Draw((30,), 0, 1)), specificity=0.2, num_thresholds=1
        ),
    )  # fmt: skip

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__("specificity", specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def result(self) -> Any:
        """Return the best sensitivity; 0 where no threshold has enough specificity."""
        return self.best(self.sensitivity_at(), where=self.specificity_at())
