"""Activation functions, found by name with `get`."""

from tinygrad_gates.keras.activations.activations import (
    get,
    linear,
    registry,
    relu,
    serialize,
    sigmoid,
    softmax,
    softplus,
    tanh,
)

__all__ = [
    "get",
    "linear",
    "registry",
    "relu",
    "serialize",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]
