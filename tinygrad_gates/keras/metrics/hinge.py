"""The hinge loss, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import hinge
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class Hinge(LossMetric):
    """The mean of how far predictions are on the wrong side of a margin of 1.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> Hinge()([[1.0], [-1.0]], [[2.0], [0.0]])
    0.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 2), 0, 2, whole=True), (6, 2)),
        example((6, 1), (6, 1), name="margin", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "hinge",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(hinge, name, dtype)
