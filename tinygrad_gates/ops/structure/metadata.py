"""NumPy functions that answer on a Value's plain data: shapes, comparisons, order, text.

Their results are integers, booleans, text or new arrays; no gradient is lost in them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.primitive import answers, attach_method, without_gradient

SHAPES = [np.shape, np.ndim, np.size]
DTYPES = [
    np.can_cast,
    np.common_type,
    np.iscomplexobj,
    np.isrealobj,
    np.min_scalar_type,
    np.result_type,
]
MEMORY = [np.may_share_memory, np.shares_memory]
NEW_ARRAYS = [np.empty_like, np.ones_like, np.zeros_like]
COMPARISONS = [
    np.allclose,
    np.array_equal,
    np.array_equiv,
    np.equal,
    np.greater,
    np.greater_equal,
    np.isclose,
    np.isin,
    np.less,
    np.less_equal,
    np.not_equal,
]
KINDS = [
    np.isfinite,
    np.isinf,
    np.isnan,
    np.isneginf,
    np.isposinf,
    np.iscomplex,
    np.isreal,
    np.signbit,
]
LOGIC = [np.all, np.any, np.logical_and, np.logical_not, np.logical_or, np.logical_xor]
ORDER = [
    np.argmax,
    np.argmin,
    np.argpartition,
    np.argsort,
    np.digitize,
    np.lexsort,
    np.nanargmax,
    np.nanargmin,
    np.searchsorted,
]
PLACES = [
    np.argwhere,
    np.count_nonzero,
    np.diag_indices_from,
    np.flatnonzero,
    np.nonzero,
    np.tril_indices_from,
    np.triu_indices_from,
]
TEXT = [np.array2string, np.array_repr, np.array_str]
METHODS = ["all", "any", "argmax", "argmin", "argpartition", "argsort", "nonzero", "searchsorted"]

for _function in (
    SHAPES + DTYPES + MEMORY + NEW_ARRAYS + COMPARISONS + KINDS + LOGIC + ORDER + PLACES + TEXT
):
    _answer = without_gradient(_function)
    if _function.__name__ in METHODS:
        attach_method(_function.__name__, _answer)


@answers(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: DTypeLike | None = None, shape: Any = None) -> Any:
    """Return an array of the shape and dtype of `a` with one value everywhere.

    The fill value may be a Value, and then the result is one with its gradient.

    >>> from tinygrad_gates import Value
    >>> fill = Value(2.0)
    >>> full_like(np.zeros(3), fill).sum().backward()
    >>> fill.grad
    np.float64(3.0)
    """
    wanted = np.result_type(a) if dtype is None else np.dtype(dtype)
    filled = np.broadcast_to(fill_value, np.shape(a) if shape is None else shape)
    return filled.astype(wanted)
