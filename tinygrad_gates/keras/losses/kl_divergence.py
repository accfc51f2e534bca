"""The divergence of Kullback and Leibler."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair


def kl_divergence(y_true: Any, y_pred: Any) -> Value:
    """Return sum(y_true * log(y_true / y_pred)), with both cut to [epsilon, 1], over the last axis.

    Args:
        y_true: probabilities, of the shape of `y_pred`.
        y_pred: predictions, a Value or an array.

    Raises:
        ShapeError: if the shapes differ.

    >>> kl_divergence([[0.5, 0.5]], [[0.5, 0.5]])
    Value(data=[0.])
    """
    y_true, y_pred = as_pair(y_true, y_pred, "kl_divergence")
    y_true, y_pred = (np.clip(y, epsilon(), 1) for y in (y_true, y_pred))
    return (y_true * np.log(y_true / y_pred)).sum(axis=-1)


class KLDivergence(
    PairwiseLoss,
    function=kl_divergence,
    aliases=(
        "kld",
        "kullback_leibler_divergence",
    ),
):
    """How much predicted probabilities diverge from the targets (Kullback and Leibler, 1951).

    >>> round(KLDivergence()([[1.0, 0.0]], [[0.5, 0.5]]).item(), 4)
    0.6931
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0.1, 1), Draw((4, 3), 0.1, 0.9)),
        example(Draw((4, 3), 0, 1), Draw((4, 3), 0.1, 0.9), reduction="sum"),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
