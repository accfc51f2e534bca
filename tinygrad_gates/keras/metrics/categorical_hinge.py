"""The hinge loss between classes, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import categorical_hinge
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class CategoricalHinge(LossMetric):
    """How far the score of the right class is from being 1 above those of all others.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> CategoricalHinge()([[1.0, 0.0]], [[1.0, 0.5]])
    0.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 3), 0, 2, whole=True), (6, 3)),
        example(Draw((6, 3), 0, 2, whole=True), (6, 3), name="margin", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "categorical_hinge",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(categorical_hinge, name, dtype)
