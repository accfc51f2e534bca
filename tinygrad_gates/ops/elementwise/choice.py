"""The larger and the smaller of two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import answers, primitive
from tinygrad_gates.ops.elementwise.domains import LEFT, RIGHT


def _chosen(g: Any, a: Any, b: Any, won: Any) -> Any:
    # By selection, with half at a tie; a NaN operand wins, as in the forward function.
    return np.where(a == b, 0.5 * g, np.where(won, g, 0))


maximum = primitive(
    "maximum",
    np.maximum,
    lambda g, y, a, b: _chosen(g, a, b, (a > b) | np.isnan(a)),
    lambda g, y, a, b: _chosen(g, a, b, (b > a) | np.isnan(b)),
    doc="The larger of a and b; NaN if one is NaN.",
    symbol="max",
    domain=[LEFT, RIGHT],
    scalar="maximum({0}, {1})",
    at_kink="half to each where a = b",
    numpy=[np.maximum],
)
minimum = primitive(
    "minimum",
    np.minimum,
    lambda g, y, a, b: _chosen(g, a, b, (a < b) | np.isnan(a)),
    lambda g, y, a, b: _chosen(g, a, b, (b < a) | np.isnan(b)),
    doc="The smaller of a and b; NaN if one is NaN.",
    symbol="min",
    domain=[LEFT, RIGHT],
    scalar="minimum({0}, {1})",
    at_kink="half to each where a = b",
    numpy=[np.minimum],
)
fmax = primitive(
    "fmax",
    np.fmax,
    lambda g, y, a, b: _chosen(g, a, b, (a > b) | np.isnan(b)),
    lambda g, y, a, b: _chosen(g, a, b, (b > a) | (np.isnan(a) & ~np.isnan(b))),
    doc="The larger of a and b; the other one if one is NaN.",
    domain=[LEFT, RIGHT],
    scalar="fmax({0}, {1})",
    at_kink="half to each where a = b",
    numpy=[np.fmax],
)
fmin = primitive(
    "fmin",
    np.fmin,
    lambda g, y, a, b: _chosen(g, a, b, (a < b) | np.isnan(b)),
    lambda g, y, a, b: _chosen(g, a, b, (b < a) | (np.isnan(a) & ~np.isnan(b))),
    doc="The smaller of a and b; the other one if one is NaN.",
    domain=[LEFT, RIGHT],
    scalar="fmin({0}, {1})",
    at_kink="half to each where a = b",
    numpy=[np.fmin],
)


@answers(np.float_power)
def float_power(a: Any, b: Any) -> Any:
    """Return a to the power b, computed in float64."""
    return np.power(a * np.float64(1), b)


@answers(np.clip, method="clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Limit to the range from `a_min` to `a_max`, by `maximum` and `minimum`.

    At a bound the operand and the bound tie, and half of the cotangent passes.

    >>> from tinygrad_gates import Value
    >>> clip(Value([-1.0, 0.5, 2.0]), 0, 1).data
    array([0. , 0.5, 1. ])
    """
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is not None:
        a = np.maximum(a, low)
    if high is not None:
        a = np.minimum(a, high)
    return a
