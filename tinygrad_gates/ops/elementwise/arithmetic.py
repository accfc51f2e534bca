"""Sums, products, powers and roots."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import primitive
from tinygrad_gates.ops.elementwise.domains import ANY, NONZERO, POSITIVE

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
negative = primitive(
    "negative",
    operator.neg,
    lambda g, y, x: -g,
    doc="-x.",
    symbol="−",
    domain=[ANY],
    scalar="-{0}",
    numpy=[np.negative],
    operator="neg",
)
positive = primitive(
    "positive",
    operator.pos,
    lambda g, y, x: g,
    doc="+x.",
    symbol="+",
    domain=[ANY],
    scalar="+{0}",
    numpy=[np.positive, np.conjugate],
    operator="pos",
)
square = primitive(
    "square",
    lambda x: x * x,
    lambda g, y, x: g * (2 * x),
    doc="x².",
    symbol="x²",
    domain=[ANY],
    scalar="{0} * {0}",
    numpy=[np.square],
)
reciprocal = primitive(
    "reciprocal",
    np.reciprocal,
    lambda g, y, x: -g * y * y,
    doc="1 / x.",
    symbol="1/x",
    domain=[NONZERO],
    scalar="1 / {0}",
    numpy=[np.reciprocal],
)
absolute = primitive(
    "absolute",
    operator.abs,
    lambda g, y, x: g * np.sign(x),
    doc="|x|.",
    symbol="|x|",
    domain=[NONZERO],
    scalar="abs({0})",
    at_kink="0 at x = 0",
    numpy=[np.absolute, np.fabs],
    operator="abs",
)


# ------------------------------------------------------------------------ powers and roots
def _power_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    # b a^(b-1), but 0 for b = 0 even at a = 0, where a^(b-1) is infinite.
    if type(b) is int or type(b) is float:
        return g * (b * (a if b == 2 else a ** (b - 1))) if b else g * 0
    return g * np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1))


def _power_exponent(g: Any, y: Any, a: Any, b: Any) -> Any:
    # a^b log(a) is 0 at a = 0, for b >= 0; there log(0) must not be multiplied in.
    flat = (a == 0) & (b >= 0)
    return np.where(flat, 0, g * y * np.log(np.where(flat, 1, a)))


power = primitive(
    "power",
    operator.pow,
    _power_base,
    _power_exponent,
    doc="a to the power b.",
    symbol="**",
    domain=[POSITIVE, ANY],
    scalar="{0} ** {1}",
    at_kink="by a: 0 where b = 0; by b: 0 where a = 0 and b >= 0",
    numpy=[np.power],
    operator="pow",
)
sqrt = primitive(
    "sqrt",
    np.sqrt,
    lambda g, y, x: g / (2 * y),
    doc="The square root.",
    symbol="√",
    domain=[POSITIVE],
    scalar="sqrt({0})",
    at_kink="infinity at x = 0",
    numpy=[np.sqrt],
    method="sqrt",
)
cbrt = primitive(
    "cbrt",
    np.cbrt,
    lambda g, y, x: g / (3 * y * y),
    doc="The cube root.",
    symbol="∛",
    domain=[NONZERO],
    scalar="cbrt({0})",
    at_kink="infinity at x = 0",
    numpy=[np.cbrt],
)
hypot = primitive(
    "hypot",
    np.hypot,
    lambda g, y, a, b: g * np.where(y == 0, 0, a / np.where(y == 0, 1, y)),
    lambda g, y, a, b: g * np.where(y == 0, 0, b / np.where(y == 0, 1, y)),
    doc="√(a² + b²).",
    domain=[NONZERO, NONZERO],
    scalar="hypot({0}, {1})",
    at_kink="0 at a = b = 0, as a norm",
    numpy=[np.hypot],
)
