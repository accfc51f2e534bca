"""The mean of absolute differences in percent of the targets, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import mean_absolute_percentage_error
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class MeanAbsolutePercentageError(LossMetric, aliases=("mape",)):
    """The mean of absolute differences, in percent of the targets.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> MeanAbsolutePercentageError()([[2.0], [4.0]], [[1.0], [5.0]])
    37.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 2), 0.5, 2), (6, 2)),
        example(Draw((6,), 0.5, 2), (6, 1), name="mape", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "mean_absolute_percentage_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)
