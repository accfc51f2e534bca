"""NumPy functions that answer on a Value's plain data: shapes, comparisons, order, text.

Their results are integers, booleans, text or new arrays; no gradient is lost in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.primitive import answers, attach_method, without_gradient

ON_PLAIN_DATA: list[Callable[..., Any]] = [
    # shapes, dtypes and memory
    np.shape,
    np.ndim,
    np.size,
    np.can_cast,
    np.common_type,
    np.iscomplexobj,
    np.isrealobj,
    np.min_scalar_type,
    np.result_type,
    np.may_share_memory,
    np.shares_memory,
    # new arrays of the same shape
    np.empty_like,
    np.ones_like,
    np.zeros_like,
    # comparisons
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
    # kinds of numbers, and logic
    np.isfinite,
    np.isinf,
    np.isnan,
    np.isneginf,
    np.isposinf,
    np.iscomplex,
    np.isreal,
    np.signbit,
    np.logical_and,
    np.logical_not,
    np.logical_or,
    np.logical_xor,
    # integers
    np.bitwise_and,
    np.bitwise_count,
    np.bitwise_or,
    np.bitwise_xor,
    np.gcd,
    np.invert,
    np.lcm,
    np.left_shift,
    np.right_shift,
    # indices
    np.argwhere,
    np.count_nonzero,
    np.diag_indices_from,
    np.digitize,
    np.flatnonzero,
    np.lexsort,
    np.nanargmax,
    np.nanargmin,
    np.tril_indices_from,
    np.triu_indices_from,
    # text
    np.array2string,
    np.array_repr,
    np.array_str,
]
METHODS: list[Callable[..., Any]] = [
    np.all,
    np.any,
    np.argmax,
    np.argmin,
    np.argpartition,
    np.argsort,
    np.nonzero,
    np.searchsorted,
]

for _function in ON_PLAIN_DATA:
    without_gradient(_function)
for _function in METHODS:
    attach_method(_function.__name__, without_gradient(_function))


@answers(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: DTypeLike | None = None, shape: Any = None) -> Any:
    """Return an array of the shape and dtype of `a`, a Value, with one value everywhere.

    Where the fill value is a Value, the result is one with its gradient.

    >>> from tinygrad_gates import Value
    >>> fill = Value(2.0)
    >>> full_like(Value([0.0, 0.0, 0.0]), fill).sum().backward()
    >>> fill.grad
    np.float64(3.0)
    """
    wanted = np.result_type(a) if dtype is None else np.dtype(dtype)
    filled = np.broadcast_to(fill_value, np.shape(a) if shape is None else shape)
    return filled.astype(wanted)
