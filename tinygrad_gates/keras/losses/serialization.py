"""Losses by name, as plain data, and back."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.custom_objects import custom_object_scope
from tinygrad_gates.keras.losses.by_shape import BY_SHAPE, CrossentropyByShape
from tinygrad_gates.keras.losses.loss import Loss
from tinygrad_gates.keras.losses.pairwise import FunctionLoss, LossFunction, classes
from tinygrad_gates.keras.registry import serialize as to_plain_data


def get(identifier: Any) -> Loss | LossFunction | None:
    """Return a loss: a function for a function's name ("mse"), an object for a class's.

    None stays None. Raises `ValueError` for an unknown name.

    >>> get("mse").__name__, get("MeanSquaredError").name
    ('mean_squared_error', 'mean_squared_error')
    """
    if identifier is None:
        return None
    found: Loss | LossFunction = Loss.registry.get(identifier)
    return found


def as_loss(identifier: Any) -> Loss:
    """Return a `Loss` object for whatever `compile(loss=...)` takes.

    >>> as_loss("mse").reduction
    'sum_over_batch_size'
    """
    if isinstance(identifier, str) and identifier.lower() in BY_SHAPE:
        return CrossentropyByShape(name=identifier)
    found = Loss.registry.get(identifier)
    if isinstance(found, Loss):
        return found
    return classes[found]() if found in classes else FunctionLoss(found)


def serialize(loss: Any) -> Any:
    """Return the class and the configuration of a loss, as plain data; of a function its name."""
    return to_plain_data(loss)


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the loss that `serialize` made plain data of.

    Args:
        name: the plain data, or a name.
        custom_objects: classes and functions by name that only this call knows.

    Raises:
        ValueError: for an unknown name.

    >>> deserialize("mae").__name__
    'mean_absolute_error'
    """
    with custom_object_scope(custom_objects or {}):
        return get(name)
