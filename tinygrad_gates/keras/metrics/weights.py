"""Sample weights: made to fit what they weigh, before anything broadcasts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.tensors import as_array

FLOAT64 = np.dtype(np.float64)


def as_weights(
    sample_weight: Any, shape: tuple[int, ...], what: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return weights with as many axes as what they weigh, each as long or of length 1.

    Args:
        sample_weight: one number, or an array whose axes are the leading ones of `shape`; inner
            axes, and one more at the end, may have length 1.
        shape: the shape of what is weighed, samples first.
        what: what messages call the metric.

    Raises:
        ShapeError: if the weights do not fit.

    >>> as_weights([1.0, 0.5], (2, 3), "mean").shape
    (2, 1)
    """
    weights = as_array(sample_weight, f"{what}: sample_weight", FLOAT64)
    given = weights.shape
    if weights.ndim == len(shape) + 1 and given[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim))
    fits = weights.ndim == len(shape) and all(
        own == other or (own == 1 and (axis or not given))
        for axis, (own, other) in enumerate(zip(weights.shape, shape, strict=True))
    )
    if not fits:
        raise ShapeError(
            f"{what}: sample_weight has shape {given}, and there are values of shape {shape}. "
            f"Give one weight for each sample."
        )
    return weights


def sample_means(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the mean of each sample's values, in float64.

    >>> sample_means(np.array([[1.0, 3.0], [0.0, 0.0]]))
    array([2., 0.])
    """
    return values.mean(axis=tuple(range(1, values.ndim)), dtype=FLOAT64)
