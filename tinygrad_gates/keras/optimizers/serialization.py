"""Optimizers by name, as plain data, and back."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.optimizers.optimizer import Optimizer
from tinygrad_gates.keras.registry import serialize as to_plain_data


def get(identifier: Any) -> Any:
    """Return an optimizer by its name, class or configuration, or as it is; None means none.

    Raises `ValueError` for an unknown name.

    >>> type(get("sgd")).__name__, float(get("rmsprop").learning_rate)  # doctest: +ELLIPSIS
    ('SGD', 0.001...)
    """
    return None if identifier is None else Optimizer.registry.get(identifier)


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return the class and the configuration of an optimizer, as plain data."""
    plain: dict[str, Any] = to_plain_data(optimizer)
    return plain


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Optimizer:
    """Return the optimizer that `serialize` made plain data of.

    Args:
        config: the plain data.
        custom_objects: classes and functions by name that only this call knows.

    Raises:
        ValueError: for an unknown class.
    """
    optimizer: Optimizer = Optimizer.registry.deserialize(config, custom_objects)
    return optimizer
