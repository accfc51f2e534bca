"""The mean of log(cosh(error)), as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.losses import log_cosh
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class LogCoshError(
    LossMetric,
    aliases=(
        "logcosh",
        "log_cosh",
    ),
):
    """The mean of log(cosh(y_pred - y_true)).

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> LogCoshError()([[1.0], [3.0]], [[1.0], [3.0]])
    0.0
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 2), (6, 2)),
        example((6,), (6, 1), name="lc", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "logcosh",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(log_cosh, name, dtype)
