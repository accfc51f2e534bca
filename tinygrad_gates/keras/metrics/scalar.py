"""`Scalar`: the float that a metric returns, with what programs expect of a tensor's number."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from tinygrad_gates.keras.config import floatx


class Scalar(float):
    """A float that is asked for its numbers as Keras's results are.

    >>> Scalar(0.5).numpy(), Scalar(0.5).item(), Scalar(0.5).shape
    (np.float32(0.5), 0.5, ())
    """

    __slots__ = ()
    shape = ()
    ndim = 0

    @property
    def dtype(self) -> np.dtype[Any]:
        """What `numpy` returns: `config.floatx()`."""
        return np.dtype(floatx())

    def numpy(self) -> Any:
        """Return a NumPy scalar."""
        return self.dtype.type(self)

    def item(self) -> float:
        """Return a plain float."""
        return float(self)


def returning_scalars(result: Callable[..., Any]) -> Callable[..., Any]:
    """Let a metric's `result` return a `Scalar` for a float."""

    @wraps(result)
    def returning(self: Any) -> Any:
        found = result(self)
        return Scalar(found) if type(found) is float else found

    return returning
