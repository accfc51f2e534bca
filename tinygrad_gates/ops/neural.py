"""Rows of neural networks: activations, and cross-entropies that do not overflow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import attach_method, example, primitive
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.ops.reduction import axes, logsumexp

_ANY = [(-2.0, 2.0)]
_ALONG = [example((4,), axis=(0,)), example((3, 4), axis=(1,)), example((2, 3), axis=(0, 1))]


def _relu_forward(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return np.maximum(x, 0)
    return type(x)(0) if x <= 0 else x  # of a number, ten times as quick as a ufunc


def _relu_slope(g: Any, y: Any, x: Any) -> Any:
    if isinstance(y, np.floating):
        return type(y)(0) if y <= 0 else g
    return np.where(y <= 0, 0, g)


relu = primitive(
    "relu",
    _relu_forward,
    _relu_slope,
    doc="x where x > 0, else 0.",
    symbol="ReLU",
    domain=[[(-2.0, -0.2), (0.2, 2.0)]],
    scalar="maximum({0}, 0)",
    at_kink="0 at x = 0",
    method="relu",
)


def _sigmoid_forward(x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e)[()] / (1 + e)


sigmoid = primitive(
    "sigmoid",
    _sigmoid_forward,
    lambda g, y, x: g * (y * (1 - y)),
    doc="1 / (1 + exp(-x)), without overflow.",
    symbol="σ",
    domain=[_ANY],
    scalar="1 / (1 + exp(-{0}))",
    method="sigmoid",
)
softplus = primitive(
    "softplus",
    lambda x: np.logaddexp(x, 0),
    lambda g, y, x: g * sigmoid(x),
    doc="log(1 + exp(x)), without overflow.",
    domain=[_ANY],
    scalar="logaddexp({0}, 0)",
)


def _erf_forward(x: Any) -> Any:
    values = np.fromiter(map(math.erf, np.ravel(x).tolist()), np.float64, np.size(x))
    return values.reshape(np.shape(x)).astype(np.result_type(x))[()]


erf = primitive(
    "erf",
    _erf_forward,
    lambda g, y, x: g * (2 / math.sqrt(math.pi) * np.exp(-x * x)),
    doc="The error function, 2/√π ∫₀ˣ exp(-t²) dt.",
    domain=[_ANY],
    scalar="erf({0})",
)


def gelu(x: Any, approximate: bool = False) -> Any:
    """Return x Φ(x), where Φ is the standard normal distribution function.

    With `approximate`, Φ is replaced by a tanh (Hendrycks and Gimpel, arXiv:1606.08415).

    >>> float(gelu(0.0))
    0.0
    """
    if approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


# ------------------------------------------------------------------------ losses


def _mse_slope(g: Any, y: Any, a: Any, b: Any) -> Any:
    error = a - b
    return error * (g * (2 / max(error.size, 1)))


mean_squared_error = primitive(
    "mean_squared_error",
    lambda a, b: _mean_square(a - b),
    _mse_slope,
    lambda g, y, a, b: -_mse_slope(g, y, a, b),
    doc="The mean of (a - b)² over all elements.",
    symbol="MSE",
    domain=[_ANY, _ANY],
    examples=[example((4, 1), (4, 1)), example((3,), (3,)), example((), ())],
)


def _mean_square(error: Any) -> Any:
    total = np.add.reduce(error * error, axis=None)
    return total / total.dtype.type(error.size)


# ------------------------------------------------------------------------ probabilities


def _softmax_forward(x: Any, *, axis: tuple[int, ...]) -> Any:
    e = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf))
    return e / np.add.reduce(e, axis=axis, keepdims=True)


_softmax = primitive(
    "softmax",
    _softmax_forward,
    lambda g, y, x, *, axis: y * (g - (g * y).sum(axis=axis, keepdims=True)),
    doc="exp(x) / Σ exp(x) along axes, without overflow.",
    examples=[*_ALONG, example((0, 3), axis=(1,)), example((2, 0), axis=(1,))],
)


def _log_softmax_forward(x: Any, *, axis: tuple[int, ...]) -> Any:
    shifted = x - np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    with np.errstate(divide="ignore"):  # of no elements, the sum is 0
        return shifted - np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))


_log_softmax = primitive(
    "log_softmax",
    _log_softmax_forward,
    lambda g, y, x, *, axis: g - np.exp(y) * g.sum(axis=axis, keepdims=True),
    doc="log(exp(x) / Σ exp(x)) along axes, without overflow.",
    symbol="log softmax",
    examples=[*_ALONG, example((0, 3), axis=(1,)), example((2, 0), axis=(1,))],
)


def softmax(x: Any, axis: int | tuple[int, ...] = -1) -> Any:
    """Return exp(x) / Σ exp(x) along axes: probabilities from logits.

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    x = _array_or_value(x)
    return _softmax(x, axis=axes(axis, np.ndim(x), "softmax"))


def log_softmax(x: Any, axis: int | tuple[int, ...] = -1) -> Any:
    """Return the logarithm of `softmax`, without underflow.

    >>> log_softmax([0.0, -1000.0])
    array([    0., -1000.])
    """
    x = _array_or_value(x)
    return _log_softmax(x, axis=axes(axis, np.ndim(x), "log_softmax"))


def _array_or_value(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


def binary_cross_entropy(logits: Any, targets: Any) -> Any:
    """Return -t log σ(x) - (1 - t) log(1 - σ(x)) for each logit x and target t in [0, 1].

    Computed as softplus(x) - t x, so that large logits neither overflow nor lose digits.

    >>> float(binary_cross_entropy(1000.0, 0.0))
    1000.0
    """
    return softplus(logits) - logits * targets


def cross_entropy(logits: Any, targets: Any, axis: int = -1) -> Any:
    """Return -Σ t log softmax(x) along an axis, for each set of logits.

    Args:
        logits: floats.
        targets: probabilities of the logits' shape, or integer classes of the shape without
            the axis.

    Raises:
        ShapeError, DtypeError: if the targets are neither.

    >>> x = np.array([[2.0, 2.0], [0.0, 1000.0]])
    >>> cross_entropy(x, np.array([0, 1]))
    array([0.69314718, 0.        ])
    """
    (along,) = axes(axis, np.ndim(logits), "cross_entropy")
    shape = np.shape(logits)
    if np.shape(targets) == shape:
        chosen = (np.where(targets == 0, 0, targets * logits)).sum(axis=along)
        return logsumexp(logits, along) * np.sum(targets, along) - chosen
    if np.shape(targets) != shape[:along] + shape[along + 1 :]:
        raise ShapeError(
            f"cross_entropy: targets of shape {np.shape(targets)} fit logits of shape {shape} "
            f"neither as probabilities of that shape nor as classes without axis {axis}"
        )
    if np.result_type(targets).kind not in "iu":
        raise DtypeError(
            f"cross_entropy: classes have to be integers, not {np.result_type(targets)}"
        )
    chosen = np.take_along_axis(logits, np.expand_dims(targets, along), along)
    return logsumexp(logits, along) - np.squeeze(chosen, along)


for _name, _function in (("softmax", softmax), ("log_softmax", log_softmax), ("gelu", gelu)):
    attach_method(_name, _function)
