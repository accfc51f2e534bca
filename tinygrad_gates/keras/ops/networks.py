"""What of `keras.ops.nn` does not slide: activations, losses and statistics of networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.plain import raw
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import activations
from tinygrad_gates.keras.config import epsilon as config_epsilon
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.losses.binary_crossentropy import binary_entropies
from tinygrad_gates.keras.losses.categorical_crossentropy import (
    categorical_crossentropy as _categorical,
)
from tinygrad_gates.keras.losses.sparse_categorical_crossentropy import (
    sparse_categorical_crossentropy as _sparse,
)
from tinygrad_gates.keras.ops.calling import numpy_operation, operation, over, tensor, tensors
from tinygrad_gates.ops import softmax as _softmax

ACTIVATIONS = """
    celu elu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh log_sigmoid log_softmax
    relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid
    sparsemax squareplus swish tanh_shrink threshold
""".split()
"""What is the same here and in `keras.activations`."""


def _activation(name: str) -> Callable[..., Any]:
    function = getattr(activations, name)

    def called(x: Any, *args: Any, **kwargs: Any) -> Any:
        return function(tensor(x, floating=True), *args, **kwargs)

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return `keras.activations.{name}`."
    return numpy_operation(called)


@numpy_operation
def gelu(x: Any, approximate: bool = True) -> Any:
    """Return x times the normal distribution's share below x; by tanh, unless told otherwise.

    >>> gelu([0.0, 1.0]).round(3)
    Value(data=[0.   , 0.841])
    """
    return activations.gelu(tensor(x, floating=True), approximate=approximate)


@numpy_operation
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x where it is positive, a fraction of it elsewhere."""
    return activations.leaky_relu(tensor(x, floating=True), negative_slope=negative_slope)


# ------------------------------------------------------------------------ classes


@operation
def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: DTypeLike | None = None, sparse: bool = False
) -> Any:
    """Return a row for each class number: 1 at its place, 0 elsewhere; 0 alone for others.

    >>> one_hot([1], 2)
    Value(data=[[0., 1.]])
    """
    if sparse:
        raise ValueError("one_hot: sparse=True is not supported.")
    numbers = np.asarray(raw(tensor(x)))
    rows = (numbers[..., None] == np.arange(num_classes)).astype(dtype or floatx())
    return np.moveaxis(rows, -1, axis)


@operation
def multi_hot(
    inputs: Any, num_classes: int, axis: int = -1, dtype: DTypeLike | None = None,
    sparse: bool = False,
) -> Any:  # fmt: skip
    """Return a row for each list of class numbers: 1 at each of their places, 0 elsewhere.

    >>> multi_hot([[0, 2]], 3)
    Value(data=[[1., 0., 1.]])
    """
    rows = one_hot(inputs, num_classes, axis, dtype, sparse)
    return rows.max(axis=1 if rows.ndim > 2 else 0)


@operation
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return the cross-entropy of each target, 0 or 1, and predicted probability.

    Args:
        target: 0 and 1, or probabilities.
        output: probabilities of 1, or logits, of the same shape.
        from_logits: whether they are logits.

    Raises:
        ShapeError: if the shapes differ.

    >>> binary_crossentropy([1.0], [0.5])
    Value(data=[0.6931472])
    """
    target, output = tensors(target, output, floating=True)
    if target.shape != output.shape:
        raise ShapeError(
            f"binary_crossentropy: target has shape {target.shape} and output {output.shape}; they "
            f"have to be equal."
        )
    return binary_entropies(target, output, from_logits)


@operation
def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return the cross-entropy of one-hot rows and predicted probabilities, or logits.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
    Value(data=[0.6931472])
    """
    target, output = tensors(target, output, floating=True)
    return _categorical(target, output, from_logits, axis=axis)


@operation
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return the cross-entropy of class numbers and predicted probabilities, or logits.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]])
    Value(data=[0.6931472])
    """
    return _sparse(tensor(target), tensor(output, floating=True), from_logits, axis=axis)


# ------------------------------------------------------------------------ statistics


@operation
def moments(
    x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False
) -> tuple[Any, Any]:
    """Return the mean and the variance over axes.

    >>> moments([1.0, 3.0], [0])
    (Value(data=2.0), Value(data=1.0))
    """
    if synchronized:
        raise ValueError("moments: synchronized=True is not supported.")
    x, axis = tensor(x, floating=True), over(axes)
    return np.mean(x, axis=axis, keepdims=keepdims), np.var(x, axis=axis, keepdims=keepdims)


@operation
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """Return x moved and scaled along an axis by given means and variances.

    Args:
        x: numbers.
        mean: for each place along the axis, as are the three that follow.
        variance: see mean.
        axis: of the features.
        offset: added in the end.
        scale: multiplied with before.
        epsilon: added to the variance.

    >>> batch_normalization([[3.0]], [1.0], [4.0], -1, epsilon=0.0)
    Value(data=[[1.]])
    """
    x = tensor(x, floating=True)
    lengths = [1] * x.ndim
    lengths[axis] = x.shape[axis]

    def along(item: Any) -> Any:
        return np.reshape(tensor(item, floating=True), lengths)

    inverse = 1 / np.sqrt(along(variance) + epsilon)
    if scale is not None:
        inverse = inverse * along(scale)
    normal = (x - along(mean)) * inverse
    return normal if offset is None else normal + along(offset)


@operation
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """Return x with mean 0 and variance 1 over axes, times gamma, plus beta.

    >>> layer_normalization([[1.0, 3.0]], epsilon=0.0)
    Value(data=[[-1.,  1.]])
    """
    x = tensor(x, floating=True)
    mean, variance = moments(x, axis, keepdims=True)
    normal = (x - mean) / np.sqrt(variance + _epsilon(epsilon))
    return _scaled(normal, gamma, axis) + (0 if beta is None else _along(beta, normal, axis))


@operation
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """Return x divided by the root of its mean square over axes, times a scale.

    >>> rms_normalization([[3.0, 3.0]], epsilon=0.0)
    Value(data=[[1., 1.]])
    """
    x = tensor(x, floating=True)
    square = np.mean(np.square(x), axis=over(axis), keepdims=True)
    return _scaled(x / np.sqrt(square + _epsilon(epsilon)), scale, axis)


def _epsilon(given: float | None) -> float:
    return config_epsilon() if given is None else given


def _scaled(normal: Any, scale: Any, axis: Any) -> Any:
    return normal if scale is None else normal * _along(scale, normal, axis)


def _along(item: Any, x: Any, axis: Any) -> Any:
    """Return an array with the lengths of some axes of x so that it broadcasts to it."""
    over = {place % x.ndim for place in np.atleast_1d(axis).tolist()}
    lengths = [length if place in over else 1 for place, length in enumerate(x.shape)]
    return np.reshape(tensor(item, floating=True), lengths)


@operation
def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float | None = None) -> Any:
    """Return x divided by its norm along an axis.

    >>> normalize([[3.0, 4.0]])
    Value(data=[[0.6, 0.8]])
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"normalize: order={order!r} has to be an integer from 1 up.")
    x = tensor(x, floating=True)
    length = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.maximum(length, _epsilon(epsilon))


@operation
def psnr(x1: Any, x2: Any, max_val: float) -> Any:
    """Return how large a signal is beside the mean squared difference of two, in decibels."""
    x1, x2 = tensors(x1, x2, floating=True)
    if x1.shape != x2.shape:
        raise ShapeError(f"psnr: x1 has shape {x1.shape} and x2 {x2.shape}; they have to be equal.")
    return 20 * math.log10(max_val) - 10 * np.log10(np.mean(np.square(x1 - x2)))


@operation
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: Any = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """Return values weighted by how well their keys fit each query.

    Args:
        query: of shape (samples, targets, heads, width).
        key: of shape (samples, sources, heads, width).
        value: of the shape of key.
        bias: added to the logits, of shape (samples, heads, targets, sources), or what broadcasts.
        mask: booleans of that shape: which keys a query may see.
        scale: of the logits, 1 / sqrt(width) by default.
        is_causal: whether a query sees no keys that come later.
        flash_attention: taken for Keras's sake.
        attn_logits_soft_cap: the largest logits, kept by a tanh.

    >>> one = [[[[1.0]]]]
    >>> dot_product_attention(one, one, one)
    Value(data=[[[[1.]]]])
    """
    query, key, value = tensors(query, key, value, floating=True)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    logits = np.einsum("btnh,bsnh->bnts", query, key) * scale
    if attn_logits_soft_cap is not None:
        logits = attn_logits_soft_cap * np.tanh(logits / attn_logits_soft_cap)
    if bias is not None:
        logits = logits + tensor(bias)
    seen = np.ones(logits.shape[-2:], bool)
    if is_causal:
        seen = np.tri(*logits.shape[-2:], dtype=bool)
    if mask is not None:
        seen = seen & np.asarray(raw(tensor(mask)), bool)
    logits = np.where(seen, logits, np.finfo(logits.dtype).min)
    return np.einsum("bnts,bsnh->btnh", _softmax(logits), value)


FUNCTIONS: dict[str, Callable[..., Any]] = {name: _activation(name) for name in ACTIVATIONS}
"""The functions of the tables, by name."""
