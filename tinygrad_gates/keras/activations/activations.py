"""Activation functions: each takes and returns a Value, or an array, of any shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.keras.registry import Registry

Activation = Callable[[Any], Any]

registry: Registry[Activation] = Registry("activation function", takes_functions=True)


def activation(function: Activation) -> Activation:
    """Make a function known by its name, as a decorator."""
    registry.add(function, function.__name__)
    return function


@activation
def linear(x: Any) -> Any:
    """Return x itself.

    >>> linear(3.0)
    3.0
    """
    return x


@activation
def relu(x: Any) -> Any:
    """Return max(x, 0); its derivative at 0 is 0.

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return ops.relu(x)


@activation
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)).

    >>> float(sigmoid(np.float64(0.0)))
    0.5
    """
    return ops.sigmoid(x)


@activation
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent of x.

    >>> float(tanh(0.0))
    0.0
    """
    return np.tanh(x)


@activation
def softplus(x: Any) -> Any:
    """Return log(1 + exp(x)).

    >>> float(softplus(np.float64(0.0)))  # doctest: +ELLIPSIS
    0.693147...
    """
    return ops.softplus(x)


@activation
def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) divided by its sum along an axis.

    >>> softmax(np.zeros((1, 2)))
    array([[0.5, 0.5]])
    """
    return ops.softmax(x, axis=axis)


def get(identifier: str | Activation | None) -> Activation:
    """Return an activation function by its name, or as it is; None means `linear`.

    Raises `ValueError` for an unknown name.

    >>> get("relu") is relu
    True
    """
    return linear if identifier is None else registry.get(identifier)


def serialize(function: Activation) -> str:
    """Return the name under which `get` finds a function again.

    >>> serialize(tanh)
    'tanh'
    """
    return function.__name__
