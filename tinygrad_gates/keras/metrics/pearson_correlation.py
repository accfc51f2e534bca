"""Pearson's coefficient of correlation."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.metrics.correlation import moments
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Value:
    """Return the covariance over the product of the standard deviations along an axis.

    Args:
        y_true: targets, of the shape of `y_pred`.
        y_pred: predictions, a Value or an array.
        axis: what the moments are taken over.

    Returns:
        A Value from -1 to 1 for each sample; NaN where targets or predictions are all equal.

    Raises:
        ShapeError: if the shapes differ.

    >>> pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])
    Value(data=[1.])
    """
    found = moments(y_true, y_pred, axis, "pearson_correlation")
    with np.errstate(invalid="ignore"):
        return found.covariance / (np.sqrt(found.var_true) * np.sqrt(found.var_pred))


class PearsonCorrelation(LossMetric):
    """The mean over samples of Pearson's correlation along an axis.

    Args:
        name: the key in logs.
        dtype: in which it is computed.
        axis: what each correlation is taken over.

    >>> PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])
    1.0
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 5), (6, 5)),
        example((4, 5, 3), (4, 5, 3), axis=1, name="correlation", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: DTypeLike | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis
