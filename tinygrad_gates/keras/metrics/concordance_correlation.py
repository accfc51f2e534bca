"""Lin's coefficient of concordance."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.metrics.correlation import moments
from tinygrad_gates.keras.metrics.loss_metric import LossMetric

EPSILON = 1e-7
"""Keras's, added to the denominator."""


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Value:
    """Return 2 * covariance / (both variances + squared difference of means) along an axis.

    Defined by Lin, "A concordance correlation coefficient to evaluate reproducibility",
    Biometrics 45, 1989.

    Args:
        y_true: targets, of the shape of `y_pred`.
        y_pred: predictions, a Value or an array.
        axis: what the moments are taken over.

    Returns:
        A Value from -1 to 1 for each sample.

    Raises:
        ShapeError: if the shapes differ.

    >>> concordance_correlation([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]])
    Value(data=[0.57142854])
    """
    found = moments(y_true, y_pred, axis, "concordance_correlation")
    apart = np.square(found.mean_true - found.mean_pred)
    return 2 * found.covariance / (found.var_true + found.var_pred + apart + EPSILON)


class ConcordanceCorrelation(LossMetric):
    """The mean over samples of Lin's concordance along an axis.

    Args:
        name: the key in logs.
        dtype: in which it is computed.
        axis: what each concordance is taken over.

    >>> ConcordanceCorrelation(dtype="float64")([[0.0, 1.0, 2.0]], [[0.0, 1.0, 2.0]])
    0.999999925000005...
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 5), (6, 5)),
        example((4, 5, 3), (4, 5, 3), axis=1, name="concordance", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: DTypeLike | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis
