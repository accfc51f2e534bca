"""The cosine of the angle between targets and predictions."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Value:
    """Return the cosine between targets and predictions along an axis, with the sign changed.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.
        axis: along which the vectors are.

    Raises:
        ShapeError: if the shapes differ.

    >>> cosine_similarity([[0.0, 1.0]], [[0.0, 3.0]])
    Value(data=[-1.])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "cosine_similarity")
    return -(_unit(y_true, axis) * _unit(y_pred, axis)).sum(axis=axis)


def _unit(vectors: Any, axis: int) -> Any:
    square = np.square(vectors).sum(axis=axis, keepdims=True)
    return vectors / np.sqrt(np.maximum(square, epsilon() ** 2))


class CosineSimilarity(PairwiseLoss, function=cosine_similarity):
    """The cosine between targets and predictions, with the sign changed: -1 where they agree.

    Args:
        axis: along which the vectors are.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    >>> CosineSimilarity()([[0.0, 1.0], [1.0, 0.0]], [[0.0, 3.0], [0.0, 1.0]])
    Value(data=-0.5)
    """

    examples: ClassVar = (
        example((4, 3), (4, 3)),
        example((4, 3, 2), (4, 3, 2), axis=1, reduction="sum"),
    )

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.axis = axis
