"""The mean of absolute differences, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.losses import mean_absolute_error
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class MeanAbsoluteError(LossMetric, aliases=("mae",)):
    """The mean of absolute differences between targets and predictions.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> MeanAbsoluteError()([[0.0], [1.0]], [[1.0], [3.0]])
    1.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 2), (6, 2)),
        example((6,), (6, 1), name="mae", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "mean_absolute_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(mean_absolute_error, name, dtype)
