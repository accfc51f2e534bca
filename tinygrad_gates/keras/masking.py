"""Masks: which steps of a sequence count, carried by the Values that layers pass on."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import ANNOTATED, Value


def set_mask(value: Value, mask: Any) -> None:
    """Let a Value carry a mask, an array of booleans with the leading axes of its shape.

    >>> value = Value([[1.0, 2.0]])
    >>> set_mask(value, [[True, False]])
    >>> get_mask(value)
    [[True, False]]
    """
    value._set_extra("mask", mask)
    value._state |= ANNOTATED


def get_mask(value: Any) -> Any:
    """Return the mask that a Value carries, or None."""
    if isinstance(value, Value) and value._state & ANNOTATED:
        return value._extra["mask"]
    return None


# Keras's guides look at masks under this name.
Value._keras_mask = property(get_mask, doc=get_mask.__doc__)  # type: ignore[attr-defined]


def as_mask(mask: Any) -> np.ndarray[Any, Any]:
    """Return a mask as an array of booleans.

    >>> as_mask([1, 0])
    array([ True, False])
    """
    followed: Any = mask
    return followed.astype(bool) if isinstance(mask, Traced) else np.asarray(mask, bool)


def spread(mask: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Return a mask of the leading axes of a shape, for all of it.

    >>> spread([True, False], (2, 2))
    array([[ True,  True],
           [False, False]])
    """
    counts = as_mask(mask)
    missing = len(shape) - counts.ndim
    return np.broadcast_to(counts.reshape(counts.shape + (1,) * missing), shape)


def masks_of(inputs: Any) -> Any:
    """Return the masks of nested inputs in the same form; None if there are none."""
    if isinstance(inputs, Value):
        return get_mask(inputs)
    if isinstance(inputs, (list, tuple)):
        masks = [masks_of(item) for item in inputs]
        return masks if any(mask is not None for mask in masks) else None
    if isinstance(inputs, dict):
        named = {name: masks_of(item) for name, item in inputs.items()}
        return named if trees.leaves(named) else None
    return None


def attach(outputs: Any, masks: Any) -> None:
    """Let nested outputs carry masks of the same form; what is None is left alone."""
    if masks is None:
        return
    if isinstance(outputs, Value):
        set_mask(outputs, masks)
    elif isinstance(outputs, dict):
        for name, output in outputs.items():
            attach(output, masks.get(name))
    else:
        for output, mask in zip(outputs, masks, strict=False):
            attach(output, mask)
