"""What may become a Value's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from tinygrad_gates.core.traced import Traced
from tinygrad_gates.errors import DtypeError, NotDifferentiableError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


def as_real(data: Any, dtype: DTypeLike | None) -> ndarray[Any, Any]:
    """Return data as an array of real numbers, without a copy where none is needed.

    Raises `DtypeError` for complex numbers, text, objects, and Values that gradients flow to.
    """
    if isinstance(data, Traced):
        traced: Any = data if dtype is None else data.astype(dtype)
        return traced
    if dtype is None and type(data) is int:
        dtype = np.float64  # as in micrograd: Value(2) is a number to differentiate by
    try:
        array = np.asarray(data, dtype)
    except NotDifferentiableError:
        raise DtypeError(
            "Value: the data contains Values already. Join them with np.stack or "
            "np.concatenate, or use value.detach() to start a new graph."
        ) from None
    except (ValueError, TypeError) as failure:
        raise DtypeError(f"Value: numbers are needed, got {data!r:.80} ({failure})") from None
    if array.dtype.kind not in "fiub":
        hint = " Keep the real and the imaginary part apart." if array.dtype.kind == "c" else ""
        raise DtypeError(
            f"Value: real numbers are needed, got {data!r:.80} of dtype {array.dtype}.{hint}"
        )
    return array
