"""How much memory a file may make this process hold, whatever sizes it declares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from numpy.typing import DTypeLike

LARGEST_ARRAY = 2**24
"""How many numbers an array may have that is no weight, such as one to find a shape out with."""

_weights_left: ContextVar[list[int] | None] = ContextVar("weights_left", default=None)


@contextmanager
def weights_of_at_most(size: int) -> Iterator[None]:
    """Refuse to make variables of more bytes than this, all together, and other large arrays.

    Raises `ValueError` inside, from the call that would exceed it.

    >>> from tinygrad_gates.keras import Variable
    >>> with weights_of_at_most(100):
    ...     Variable("zeros", (1000, 1000))
    Traceback (most recent call last):
    ValueError: a weight of shape (1000, 1000) is declared, and there are not that many numbers.
    """
    token = _weights_left.set([size])
    try:
        yield
    finally:
        _weights_left.reset(token)


def take_weight(shape: Sequence[int], dtype: DTypeLike) -> None:
    """Count a variable that is going to be made; raises `ValueError` if it is too large."""
    left = _weights_left.get()
    if left is None:
        return
    left[0] -= math.prod(shape) * np.dtype(dtype).itemsize
    if left[0] < 0:
        raise ValueError(
            f"a weight of shape {tuple(shape)} is declared, and there are not that many numbers."
        )


def check_array(shape: Sequence[int]) -> None:
    """Raise `ValueError` if an array that is no weight is too large for what a file may ask."""
    if _weights_left.get() is not None and math.prod(shape) > LARGEST_ARRAY:
        raise ValueError(f"data of shape {tuple(shape)} is declared, which is implausibly large.")
