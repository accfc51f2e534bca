"""Activation functions, found by name with `get`: each takes a Value or an array of any shape."""

from typing import Any

from tinygrad_gates.keras.activations.along_axis import glu, log_softmax, softmax, sparsemax
from tinygrad_gates.keras.activations.linear import linear
from tinygrad_gates.keras.activations.rectified import (
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    relu,
    relu6,
    soft_shrink,
    sparse_sigmoid,
    threshold,
)
from tinygrad_gates.keras.activations.registration import (
    Activation,
    deserialize,
    registry,
    serialize,
)
from tinygrad_gates.keras.activations.smooth import (
    celu,
    elu,
    exponential,
    gelu,
    log_sigmoid,
    mish,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    sparse_plus,
    squareplus,
    tanh,
    tanh_shrink,
)

hard_swish, swish = hard_silu, silu

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "registry",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]


def get(identifier: Any) -> Activation:
    """Return an activation function by its name, or as it is; None means `linear`.

    Raises `ValueError` for an unknown name.

    >>> get("relu") is relu
    True
    """
    return linear if identifier is None else registry.get(identifier)
