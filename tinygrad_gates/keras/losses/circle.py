"""Bringing vectors of one class together, and those of others apart."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_predictions
from tinygrad_gates.keras.tensors import as_array

_FAR_BELOW = -1e30
"""What stands for the logarithm of 0 where there is no pair, so that no gradient is NaN."""


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Value:
    """Return one loss for each vector, by its cosines with others; those that are 0 are masked.

    Args:
        y_true: a class number for each vector.
        y_pred: vectors of length 1, of shape (samples, features); a Value or an array.
        ref_labels: the class numbers of what they are compared with; their own by default.
        ref_embeddings: the vectors that they are compared with; they themselves by default.
        remove_diagonal: whether a vector is not compared with the one in its own place.
        gamma: the scale of cosines.
        margin: how far apart the two kinds of pairs should be.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> circle([0, 1], [[1.0, 0.0], [0.0, 1.0]]).data
    array([0., 0.], dtype=float32)
    """
    y_pred = as_predictions(y_pred, "circle")
    labels = as_array(y_true, "circle: y_true").reshape(-1)
    if y_pred.ndim != 2 or len(labels) != len(y_pred):
        raise ShapeError(
            f"circle: y_pred of shape {y_pred.shape} has to be one vector for each of "
            f"{len(labels)} class numbers."
        )
    others = y_pred if ref_embeddings is None else ref_embeddings
    known = labels if ref_labels is None else as_array(ref_labels, "circle: ref_labels").reshape(-1)
    same = labels[:, None] == known
    distance = np.maximum(1 - y_pred @ np.transpose(others), 0)
    near = -gamma * np.maximum(margin + distance, 0) * (margin - distance)
    far = gamma * np.maximum(1 + margin - distance, 0) * (1 - margin - distance)
    alike = same & (np.eye(*same.shape) == 0) if remove_diagonal else same
    total = _logsumexp(near, alike) + _logsumexp(far, ~same)
    losses: Value = ops.softplus(total)
    masking.set_mask(losses, losses._data > 0)
    return losses


def _logsumexp(numbers: Any, where: np.ndarray[Any, Any]) -> Any:
    return ops.logsumexp(np.where(where, numbers, _FAR_BELOW), 1)


class Circle(PairwiseLoss, function=circle):
    """Brings vectors of one class together, and those of different classes apart.

    Defined by Sun et al., "Circle loss: a unified perspective of pair similarity optimization",
    CVPR 2020.

    Args:
        gamma: the scale of cosines.
        margin: how far apart the two kinds of pairs should be.
        remove_diagonal: whether a vector is not compared with itself.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    >>> Circle()([0, 1], [[1.0, 0.0], [0.0, 1.0]])
    Value(data=0.0)
    """

    integer_targets = True
    options = ("remove_diagonal", "gamma", "margin")
    examples: ClassVar = (
        example(Draw((6,), 0, 2, whole=True), Draw((6, 3), -0.5, 0.5), gamma=2.0),
        example(
            Draw((6,), 0, 2, whole=True), Draw((6, 3), -0.5, 0.5), gamma=3.0, margin=0.2,
            remove_diagonal=False, reduction="sum",
        ),
    )  # fmt: skip

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal
