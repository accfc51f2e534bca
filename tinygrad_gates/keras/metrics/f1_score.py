"""The harmonic mean of precision and recall."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.fbeta_score import AVERAGES, FBetaScore


class F1Score(FBetaScore):
    """2 * precision * recall / (precision + recall), for each class.

    Args:
        average: None (a score for each class), "micro" (all classes counted together), "macro"
            (the mean of the classes' scores) or "weighted" (weighted by the classes' targets).
        threshold: what a prediction has to exceed to be positive; None takes each sample's
            largest.
        name: the key in logs.
        dtype: of predictions, to which arrays are cast.

    Raises:
        ValueError: for another average, and if the threshold is not between 0 and 1.

    >>> F1Score(average="macro")([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    0.6666666666666666
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((12, 3), 0, 2, whole=True), Draw((12, 3), 0, 1), threshold=0.4),
        *(
            example(Draw((12, 3), 0, 2, whole=True), (12, 3), average=average, name="f1")
            for average in AVERAGES
        ),
    )

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
