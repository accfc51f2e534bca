"""NumPy functions that answer on a Value's plain data: shapes, comparisons, order, text.

Their results are integers, booleans, text or new arrays; no gradient is lost in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.primitive import answers, attach_plain_method, without_gradient

SHAPES_AND_DTYPES: list[Callable[..., Any]] = [
    np.can_cast,
    np.common_type,
    np.diag_indices_from,
    np.empty_like,
    np.iscomplexobj,
    np.isrealobj,
    np.min_scalar_type,
    np.ndim,
    np.ones_like,
    np.result_type,
    np.shape,
    np.size,
    np.tril_indices_from,
    np.triu_indices_from,
    np.zeros_like,
]
ELEMENTWISE: dict[Callable[..., Any], str | None] = {
    # comparisons
    np.equal: "{0} == {1}",
    np.greater: "{0} > {1}",
    np.greater_equal: "{0} >= {1}",
    np.less: "{0} < {1}",
    np.less_equal: "{0} <= {1}",
    np.not_equal: "{0} != {1}",
    # kinds of numbers, and logic
    np.isfinite: "isfinite({0})",
    np.isinf: "isinf({0})",
    np.isnan: "isnan({0})",
    np.isneginf: None,
    np.isposinf: None,
    np.iscomplex: None,
    np.isreal: None,
    np.signbit: "signbit({0})",
    np.logical_and: "logical_and({0}, {1})",
    np.logical_not: "logical_not({0})",
    np.logical_or: "logical_or({0}, {1})",
    np.logical_xor: "logical_xor({0}, {1})",
    # integers
    np.bitwise_and: "{0} & {1}",
    np.bitwise_count: None,
    np.bitwise_or: "{0} | {1}",
    np.bitwise_xor: "{0} ^ {1}",
    np.gcd: None,
    np.invert: "~{0}",
    np.lcm: None,
    np.left_shift: "{0} << {1}",
    np.right_shift: "{0} >> {1}",
}
ARRAYS: list[Callable[..., Any]] = [np.count_nonzero, np.digitize, np.isclose, np.isin, np.lexsort]
NUMBERS: list[Callable[..., Any]] = [
    np.allclose,
    np.array_equal,
    np.array_equiv,
    np.argwhere,
    np.flatnonzero,
    np.may_share_memory,
    np.nanargmax,
    np.nanargmin,
    np.shares_memory,
    np.array2string,
    np.array_repr,
    np.array_str,
]
ARRAY_METHODS: list[Callable[..., Any]] = [
    np.all,
    np.any,
    np.argmax,
    np.argmin,
    np.argpartition,
    np.argsort,
    np.searchsorted,
]

for _function in SHAPES_AND_DTYPES:
    without_gradient(_function, "shape")
for _function, _scalar in ELEMENTWISE.items():
    without_gradient(_function, "array", _scalar)
for _function in ARRAYS:
    without_gradient(_function, "array")
for _function in NUMBERS:
    without_gradient(_function)
for _function in ARRAY_METHODS:
    attach_plain_method(without_gradient(_function, "array"))
attach_plain_method(without_gradient(np.nonzero))


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
