"""Sample weights: made to fit what they weigh, before anything broadcasts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.tensors import as_array

FLOAT64 = np.dtype(np.float64)


def as_weights(
    sample_weight: Any, shape: tuple[int, ...], what: str, dtype: np.dtype[Any] | None = None
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return weights with as many axes as what they weigh, each as long or of length 1.

    Args:
        sample_weight: one number, or an array whose axes are the leading ones of `shape`, each
            as long or of length 1; there may be one more of length 1 at the end.
        shape: the shape of what is weighed, samples first.
        what: what messages call the metric.
        dtype: of integers, to which weights are cut; None leaves them as they are.

    Raises:
        ShapeError: if the weights do not fit.

    >>> as_weights([1.0, 0.5], (2, 3), "mean").shape
    (2, 1)
    """
    weights = as_array(sample_weight, f"{what}: sample_weight", dtype).astype(FLOAT64, copy=False)
    given = weights.shape
    if weights.ndim == len(shape) + 1 and given[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim))
    fits = weights.ndim == len(shape) and all(
        own in (1, other) for own, other in zip(weights.shape, shape, strict=True)
    )
    if not fits:
        raise ShapeError(
            f"{what}: sample_weight has shape {given}, and there are values of shape {shape}. "
            f"Give one weight for each sample."
        )
    return weights


def whole_numbers(dtype: str) -> np.dtype[Any] | None:
    """Return a dtype of integers, and None for one of floats.

    >>> whole_numbers("int32"), whole_numbers("float32")
    (dtype('int32'), None)
    """
    found = np.dtype(dtype)
    return None if found.kind == "f" else found


def sample_means(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the mean of each sample's values, in float64.

    >>> sample_means(np.array([[1.0, 3.0], [0.0, 0.0]]))
    array([2., 0.])
    """
    means: np.ndarray[Any, Any] = values.astype(FLOAT64).mean(axis=tuple(range(1, values.ndim)))
    return means
