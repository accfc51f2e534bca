"""Activations that are made of exponentials, and smooth ones around them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.keras.activations.registration import activation

# The fixed point of means 0 and variances 1 (Klambauer et al., 2017).
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@activation()
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)).

    >>> float(sigmoid(np.float64(0.0)))
    0.5
    """
    return ops.sigmoid(x)


@activation()
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent of x.

    >>> float(tanh(0.0))
    0.0
    """
    return np.tanh(x)


@activation()
def softplus(x: Any) -> Any:
    """Return log(1 + exp(x)).

    >>> float(softplus(np.float64(0.0)))  # doctest: +ELLIPSIS
    0.693147...
    """
    return ops.softplus(x)


@activation()
def exponential(x: Any) -> Any:
    """Return exp(x).

    >>> float(exponential(0.0))
    1.0
    """
    return np.exp(x)


@activation()
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2016).

    >>> elu(np.array([-1.0, 2.0])).round(4)
    array([-0.6321,  2.    ])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0, x)))


@activation()
def selu(x: Any) -> Any:
    """Return a multiple of `elu` that keeps means at 0 and variances at 1.

    Defined by Klambauer et al., "Self-normalizing neural networks", 2017.

    >>> selu(np.array([-1.0, 2.0])).round(4)
    array([-1.1113,  2.1014])
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


@activation()
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is positive, else alpha * (exp(x / alpha) - 1) (Barron, 2017).

    >>> celu(np.array([-1.0, 2.0])).round(4)
    array([-0.6321,  2.    ])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0, x) / alpha))


@activation()
def gelu(x: Any, approximate: bool = False) -> Any:
    """Return x times the normal distribution function of x (Hendrycks and Gimpel, 2016).

    >>> float(gelu(np.float64(0.0)))
    0.0
    """
    return ops.gelu(x, approximate)


@activation("swish")
def silu(x: Any) -> Any:
    """Return x times sigmoid(x) (Ramachandran et al., "Searching for activations", 2017).

    >>> float(silu(np.float64(0.0)))
    0.0
    """
    return x * ops.sigmoid(x)


@activation()
def mish(x: Any) -> Any:
    """Return x times tanh(softplus(x)) (Misra, 2019).

    >>> float(mish(np.float64(0.0)))
    0.0
    """
    return x * np.tanh(ops.softplus(x))


@activation()
def softsign(x: Any) -> Any:
    """Return x / (1 + |x|).

    >>> float(softsign(np.float64(1.0)))
    0.5
    """
    return x / (1 + np.abs(x))


@activation()
def squareplus(x: Any, b: float = 4) -> Any:
    """Return (x + sqrt(x**2 + b)) / 2 (Barron, "Squareplus", 2021).

    >>> float(squareplus(np.float64(0.0)))
    1.0
    """
    return (x + np.sqrt(x * x + b)) / 2


@activation()
def log_sigmoid(x: Any) -> Any:
    """Return log(sigmoid(x)), without overflow.

    >>> float(log_sigmoid(np.float64(-1000.0)))
    -1000.0
    """
    return -ops.softplus(-x)


@activation()
def tanh_shrink(x: Any) -> Any:
    """Return x - tanh(x).

    >>> float(tanh_shrink(np.float64(0.0)))
    0.0
    """
    return x - np.tanh(x)


@activation()
def sparse_plus(x: Any) -> Any:
    """Return 0 up to -1, x from 1 on, and (x + 1)**2 / 4 between.

    >>> sparse_plus(np.array([-2.0, 0.0, 2.0]))
    array([0.  , 0.25, 2.  ])
    """
    return np.where(x <= -1, 0, np.where(x >= 1, x, 0.25 * np.square(x + 1)))
