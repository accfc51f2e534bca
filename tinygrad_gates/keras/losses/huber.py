"""Squares of small errors, magnitudes of large ones."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import share
from tinygrad_gates.keras.losses.shapes import as_pair


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Value:
    """Return the mean over the last axis of e**2 / 2 up to |e| = delta, and a straight line on.

    Args:
        y_true: targets, of the shape of `y_pred`; a vector stands for one column.
        y_pred: predictions, a Value or an array.
        delta: where squares end.

    Raises:
        ShapeError: if the shapes differ.

    >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
    Value(data=[1.5])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "huber")
    error = np.abs(y_pred - y_true)
    inner = np.minimum(error, delta)
    return (inner * (error - 0.5 * inner)).mean(axis=-1)


class Huber(PairwiseLoss, function=huber):
    """The mean of squares of small errors, and of magnitudes of large ones (Huber, 1964).

    Args:
        delta: where squares end, 0 or more.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        dtype: as for every `Loss`.

    Raises:
        ValueError: for a negative delta.

    >>> Huber()([[0.0], [0.0]], [[1.0], [3.0]])
    Value(data=1.5)
    """

    examples: ClassVar = (
        example((4, 3), (4, 3)),
        example((4,), (4, 1), delta=0.5, reduction="sum"),
    )

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.delta = share("Huber", "delta", delta, high=math.inf)
