"""Elementwise rows: arithmetic, exponentials, trigonometry, choice, rounding.

In a rule, `g` is the cotangent, `y` the result, `x` (or `a`, `b`) the operands. Rules use the
result where it is at hand, and select with `np.where` where a product could make a NaN.
"""

from tinygrad_gates.ops.elementwise import (
    arithmetic,
    choice,
    exponential,
    rounding,
    trigonometric,
)

__all__ = ["arithmetic", "choice", "exponential", "rounding", "trigonometric"]
