"""The mean of squared differences of logarithms, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.losses import mean_squared_logarithmic_error
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class MeanSquaredLogarithmicError(LossMetric, aliases=("msle",)):
    """The mean of squared differences of log(1 + y): errors count in proportion.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> MeanSquaredLogarithmicError()([[1.0], [3.0]], [[1.0], [3.0]])
    0.0
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 2), (6, 2)),
        example((6,), (6, 1), name="msle", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "mean_squared_logarithmic_error",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)
