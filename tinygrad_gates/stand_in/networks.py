"""`tf.nn`: activation functions, and losses of logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.keras import activations, losses
from tinygrad_gates.keras import ops as operations
from tinygrad_gates.stand_in import functions
from tinygrad_gates.stand_in.tensors import tensor as as_tensor

Tensor = Any


def embedding_lookup(params: Tensor, ids: Any, **unused: Any) -> Tensor:
    """Return rows, by number."""
    return functions.gather(params, ids)


def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any, name: Any = None) -> Tensor:
    """Return the cross-entropy of each label with a logit."""
    return ops.binary_cross_entropy(as_tensor(logits), as_tensor(labels))


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: Any = None
) -> Tensor:
    """Return the cross-entropy of each row of labels with a row of logits."""
    shares = activations.log_softmax(as_tensor(logits), axis=axis)
    return -np.sum(as_tensor(labels) * shares, axis=axis)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: Any = None) -> Tensor:
    """Return the cross-entropy of each class number with a row of logits."""
    return losses.sparse_categorical_crossentropy(labels, as_tensor(logits), from_logits=True)


def l2_loss(t: Tensor, name: str | None = None) -> Tensor:
    """Return half the sum of squares."""
    return np.sum(np.square(as_tensor(t))) / 2


def l2_normalize(x: Tensor, axis: Any = None, epsilon: float = 1e-12, name: Any = None) -> Tensor:
    """Return vectors along axes scaled to length 1."""
    squares = np.sum(np.square(as_tensor(x)), axis=axis, keepdims=True)
    return as_tensor(x) / np.sqrt(np.maximum(squares, epsilon))


def moments(
    x: Tensor, axes: Any, shift: Any = None, keepdims: bool = False, name: Any = None
) -> Any:
    """Return the mean and the variance along axes."""
    return operations.moments(as_tensor(x), axes, keepdims)


def leaky_relu(features: Tensor, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """Return numbers, the negative ones times alpha."""
    return activations.leaky_relu(as_tensor(features), negative_slope=alpha)


def gelu(features: Tensor, approximate: bool = False, name: str | None = None) -> Tensor:
    """Return x times the normal distribution's share below x."""
    return activations.gelu(as_tensor(features), approximate=approximate)


def softmax(logits: Tensor, axis: int = -1, name: str | None = None) -> Tensor:
    """Return shares that sum to 1 along an axis."""
    return activations.softmax(as_tensor(logits), axis=-1 if axis is None else axis)


def log_softmax(logits: Tensor, axis: int = -1, name: str | None = None) -> Tensor:
    """Return the logarithms of shares that sum to 1 along an axis."""
    return activations.log_softmax(as_tensor(logits), axis=-1 if axis is None else axis)


def _activation(name: str) -> Callable[..., Any]:
    function = getattr(activations, name)

    def called(features: Tensor, name: str | None = None) -> Tensor:
        return function(as_tensor(features))

    called.__doc__ = f"Return `keras.activations.{name}` of each number."
    called.__name__ = called.__qualname__ = name  # so that models are saved, and pickled, with it
    return called


elu = _activation("elu")
relu = _activation("relu")
relu6 = _activation("relu6")
selu = _activation("selu")
sigmoid = _activation("sigmoid")
silu = _activation("silu")
softplus = _activation("softplus")
softsign = _activation("softsign")
swish = _activation("swish")
tanh = _activation("tanh")
