"""Activations that are made of straight lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.keras.activations.registration import activation


@activation()
def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Any:
    """Return max(x, 0), or a line with other slopes and bounds; its derivative at 0 is 0.

    Args:
        x: a Value or an array.
        negative_slope: the slope below the threshold.
        max_value: the greatest result; None for no bound.
        threshold: below it the result is negative_slope * (x - threshold).

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    if not (negative_slope or threshold) and max_value is None:
        return ops.relu(x)
    positive = np.where(x > threshold, x, 0)
    if max_value is not None:
        positive = np.clip(positive, 0, max_value)
    if not negative_slope:
        return positive
    return np.where(x > threshold, positive, negative_slope * (x - threshold))


@activation()
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x where it is positive, else negative_slope * x (Maas et al., 2013).

    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.2,  2. ])
    """
    return np.where(x > 0, x, negative_slope * x)


@activation()
def relu6(x: Any) -> Any:
    """Return x, not below 0 and not above 6.

    >>> relu6(np.array([-1.0, 2.0, 8.0]))
    array([0., 2., 6.])
    """
    return np.where((x > 0) & (x < 6), x, np.where(x < 6, 0, 6).astype(x.dtype))


@activation()
def hard_sigmoid(x: Any) -> Any:
    """Return x / 6 + 1 / 2, not below 0 and not above 1.

    >>> hard_sigmoid(np.array([-4.0, 0.0, 1.5]))
    array([0.  , 0.5 , 0.75])
    """
    return relu6(x + 3) / 6


@activation("hard_swish")
def hard_silu(x: Any) -> Any:
    """Return x times hard_sigmoid(x) (Howard et al., "Searching for MobileNetV3", 2019).

    >>> hard_silu(np.array([-4.0, 3.0]))
    array([-0.,  3.])
    """
    return x * hard_sigmoid(x)


@activation()
def hard_tanh(x: Any) -> Any:
    """Return x, not below -1 and not above 1.

    >>> hard_tanh(np.array([-2.0, 0.5]))
    array([-1. ,  0.5])
    """
    return np.clip(x, -1, 1)


@activation()
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x brought nearer to 0 by the threshold, and 0 within it.

    >>> soft_shrink(np.array([-2.0, 0.2, 1.0]))
    array([-1.5,  0. ,  0.5])
    """
    return np.where(x > threshold, x - threshold, np.where(x < -threshold, x + threshold, 0))


@activation()
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x, or 0 within the threshold.

    >>> hard_shrink(np.array([-2.0, 0.2, 1.0]))
    array([-2.,  0.,  1.])
    """
    return np.where(np.abs(x) > threshold, x, 0)


@activation()
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Return x above the threshold, and a number of its own elsewhere.

    >>> threshold(np.array([0.2, 1.0]), 0.5, -1.0)
    array([-1.,  1.])
    """
    return np.where(x > threshold, x, default_value)


@activation()
def sparse_sigmoid(x: Any) -> Any:
    """Return (x + 1) / 2, not below 0 and not above 1.

    >>> sparse_sigmoid(np.array([-2.0, 0.0, 0.5]))
    array([0.  , 0.5 , 0.75])
    """
    return np.where(x <= -1, 0, np.where(x >= 1, 1, 0.5 * (x + 1)))
