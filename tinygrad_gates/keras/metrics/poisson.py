"""The loss of counts, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import poisson
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class Poisson(LossMetric):
    """How unlikely counts are, up to a constant, if predictions are their Poisson rates.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> round(Poisson()([[1.0], [0.0]], [[1.0], [1.0]]), 4)
    1.0
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 2), 0, 4, whole=True), Draw((6, 2), 0.2, 3)),
        example(Draw((6, 1), 0, 4, whole=True), Draw((6, 1), 0.2, 3), dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "poisson",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(poisson, name, dtype)
