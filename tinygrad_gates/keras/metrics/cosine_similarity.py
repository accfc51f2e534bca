"""The cosine between targets and predictions, as a metric."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import losses
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Value:
    """Return the cosine between targets and predictions along an axis: the loss's opposite.

    >>> cosine_similarity([[0.0, 1.0]], [[0.0, 3.0]])
    Value(data=[1.])
    """
    return -losses.cosine_similarity(y_true, y_pred, axis)


class CosineSimilarity(LossMetric):
    """The cosine of the angle between targets and predictions: 1 where they agree.

    Args:
        name: the key in logs.
        dtype: in which it is computed.
        axis: along which the vectors are.

    >>> round(CosineSimilarity()([[0.0, 1.0], [1.0, 0.0]], [[0.0, 3.0], [0.0, 1.0]]), 6)
    0.5
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 3), (6, 3)),
        example((6, 3, 2), (6, 3, 2), name="cosine", dtype="float64", axis=1),
    )

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: DTypeLike | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)
        self.axis = axis
