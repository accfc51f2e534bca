"""Undoing broadcasting: a cotangent takes its operand's shape and dtype again."""

from __future__ import annotations

from typing import Any

import numpy as np


def conform(cotangent: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Sum a cotangent over the axes that broadcasting stretched, and cast it to `dtype`.

    Only functions are used that arrays and Values share, so that the sum is recorded where the
    cotangent is a Value.

    >>> conform(np.ones((4, 3)), (3,), np.dtype("float32"))
    array([4., 4., 4.], dtype=float32)
    """
    if cotangent.shape != shape:
        extra = cotangent.ndim - len(shape)
        stretched = tuple(
            axis
            for axis in range(cotangent.ndim)
            if axis < extra or (shape[axis - extra] == 1 and cotangent.shape[axis] != 1)
        )
        if stretched:
            cotangent = np.add.reduce(cotangent, axis=stretched)
        if cotangent.shape != shape:
            cotangent = cotangent.reshape(shape)
    if cotangent.dtype != dtype:
        cotangent = cotangent.astype(dtype)
    return cotangent
