"""The number of positive predictions of positive targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.condition_count import ConditionCount


class TruePositives(ConditionCount):
    """The number of positive predictions of positive targets, each with its sample's weight.

    Args:
        thresholds: what a prediction has to exceed to be positive, a number from 0 to 1 (0.5 by
            default) or a list of them, with a result for each.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.

    Raises:
        ValueError: for thresholds outside the interval from 0 to 1.

    >>> TruePositives()([0, 0, 1, 1, 1, 1], [0.1, 0.9, 0.2, 0.7, 0.8, 0.9])
    3.0
    """

    kept: ClassVar[Mapping[str, str]] = {"accumulator": "true_positives"}
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((9,), 0, 2, whole=True), Draw((9,), 0, 1)),
        example(Draw((9, 2), 0, 2, whole=True), Draw((9, 2), 0, 1), thresholds=[0.7, 0.2]),
    )

    def __init__(
        self, thresholds: Any = None, name: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(thresholds, name, dtype)
