"""Elementwise rows: arithmetic, exponentials and logarithms, trigonometry, comparisons' kin.

In a rule, `g` is the cotangent, `y` the result, `x` (or `a`, `b`) the operands. Rules use the
result where it is at hand, and select with `np.where` where a product could make a NaN.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import primitive

ANY = [(-2.0, 2.0)]
POSITIVE = [(0.2, 3.0)]
NONZERO = [(-3.0, -0.3), (0.3, 3.0)]
INSIDE_ONE = [(-0.9, 0.9)]
BETWEEN_INTEGERS = [(-1.8, -1.2), (-0.8, -0.2), (0.2, 0.8), (1.2, 1.8)]

# ------------------------------------------------------------------------ arithmetic

add = primitive(
    "add",
    operator.add,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    doc="a + b.",
    symbol="+",
    domain=[ANY, ANY],
    scalar="{0} + {1}",
    numpy=[np.add],
    operator="add",
)
subtract = primitive(
    "subtract",
    operator.sub,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    doc="a - b.",
    symbol="−",
    domain=[ANY, ANY],
    scalar="{0} - {1}",
    numpy=[np.subtract],
    operator="sub",
)
multiply = primitive(
    "multiply",
    operator.mul,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    doc="a * b.",
    symbol="×",
    domain=[ANY, ANY],
    scalar="{0} * {1}",
    numpy=[np.multiply],
    operator="mul",
)
divide = primitive(
    "divide",
    operator.truediv,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * y / b,
    doc="a / b.",
    symbol="÷",
    domain=[ANY, NONZERO],
    scalar="{0} / {1}",
    numpy=[np.divide],
    operator="truediv",
)
