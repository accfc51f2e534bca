"""Elementwise rows: arithmetic, powers, exponentials, trigonometry, extrema, rounding.

In a rule, `g` is the cotangent, `y` the result, `x` (or `a`, `b`) the operands. Rules use the
result where it is at hand, and select with `np.where` where a product could make a NaN.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import Primitive, answer, answers, attach_method, primitive

ANY = [(-2.0, 2.0)]
POSITIVE = [(0.2, 3.0)]
NONZERO = [(-3.0, -0.3), (0.3, 3.0)]
INSIDE_ONE = [(-0.9, 0.9)]
BETWEEN_INTEGERS = [(-1.8, -1.2), (-0.8, -0.2), (0.2, 0.8), (1.2, 1.8)]
LEFT, RIGHT = [(-2.0, -1.1), (0.1, 0.9)], [(-0.9, -0.1), (1.1, 2.0)]  # never equal

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

# ------------------------------------------------------------------------ exponentials, logarithms

LN2, LN10 = math.log(2), math.log(10)

exp = primitive(
    "exp",
    np.exp,
    lambda g, y, x: g * y,
    doc="e to the power x.",
    domain=[ANY],
    scalar="exp({0})",
    numpy=[np.exp],
    method="exp",
)
exp2 = primitive(
    "exp2",
    np.exp2,
    lambda g, y, x: g * (y * LN2),
    doc="2 to the power x.",
    domain=[ANY],
    scalar="exp2({0})",
    numpy=[np.exp2],
)
expm1 = primitive(
    "expm1",
    np.expm1,
    lambda g, y, x: g * np.exp(x),
    doc="e to the power x, minus 1, exact near 0.",
    domain=[ANY],
    scalar="expm1({0})",
    numpy=[np.expm1],
)
log = primitive(
    "log",
    np.log,
    lambda g, y, x: g / x,
    doc="The natural logarithm.",
    domain=[POSITIVE],
    scalar="log({0})",
    numpy=[np.log],
    method="log",
)
log2 = primitive(
    "log2",
    np.log2,
    lambda g, y, x: g / (x * LN2),
    doc="The logarithm to base 2.",
    domain=[POSITIVE],
    scalar="log2({0})",
    numpy=[np.log2],
)
log10 = primitive(
    "log10",
    np.log10,
    lambda g, y, x: g / (x * LN10),
    doc="The logarithm to base 10.",
    domain=[POSITIVE],
    scalar="log10({0})",
    numpy=[np.log10],
)
log1p = primitive(
    "log1p",
    np.log1p,
    lambda g, y, x: g / (1 + x),
    doc="The logarithm of 1 + x, exact near 0.",
    domain=[[(-0.7, 2.0)]],
    scalar="log1p({0})",
    numpy=[np.log1p],
)



logaddexp = primitive(
    "logaddexp",
    np.logaddexp,
    lambda g, y, a, b: g * _logistic(a - b),
    lambda g, y, a, b: g * _logistic(b - a),
    doc="log(exp(a) + exp(b)), without overflow.",
    domain=[ANY, ANY],
    scalar="logaddexp({0}, {1})",
    numpy=[np.logaddexp],
)
logaddexp2 = primitive(
    "logaddexp2",
    np.logaddexp2,
    lambda g, y, a, b: g * _logistic((a - b) * LN2),
    lambda g, y, a, b: g * _logistic((b - a) * LN2),
    doc="log2(2**a + 2**b), without overflow.",
    domain=[ANY, ANY],
    scalar="logaddexp2({0}, {1})",
    numpy=[np.logaddexp2],
)


def _logistic(x: Any) -> Any:
    return 0.5 * (1 + np.tanh(0.5 * x))


# ------------------------------------------------------------------------ trigonometry

sin = primitive(
    "sin",
    np.sin,
    lambda g, y, x: g * np.cos(x),
    doc="The sine of an angle in radians.",
    domain=[ANY],
    scalar="sin({0})",
    numpy=[np.sin],
)
cos = primitive(
    "cos",
    np.cos,
    lambda g, y, x: -g * np.sin(x),
    doc="The cosine of an angle in radians.",
    domain=[ANY],
    scalar="cos({0})",
    numpy=[np.cos],
)
tan = primitive(
    "tan",
    np.tan,
    lambda g, y, x: g * (1 + y * y),
    doc="The tangent of an angle in radians.",
    domain=[[(-1.2, 1.2)]],
    scalar="tan({0})",
    numpy=[np.tan],
)
arcsin = primitive(
    "arcsin",
    np.arcsin,
    lambda g, y, x: g / np.sqrt((1 - x) * (1 + x)),
    doc="The angle in radians whose sine is x.",
    domain=[INSIDE_ONE],
    scalar="asin({0})",
    at_kink="infinity at x = ±1",
    numpy=[np.arcsin],
)
arccos = primitive(
    "arccos",
    np.arccos,
    lambda g, y, x: -g / np.sqrt((1 - x) * (1 + x)),
    doc="The angle in radians whose cosine is x.",
    domain=[INSIDE_ONE],
    scalar="acos({0})",
    at_kink="-infinity at x = ±1",
    numpy=[np.arccos],
)
arctan = primitive(
    "arctan",
    np.arctan,
    lambda g, y, x: g / (1 + x * x),
    doc="The angle in radians whose tangent is x.",
    domain=[ANY],
    scalar="atan({0})",
    numpy=[np.arctan],
)
arctan2 = primitive(
    "arctan2",
    np.arctan2,
    lambda g, y, a, b: g * (b / (a * a + b * b)),
    lambda g, y, a, b: -g * (a / (a * a + b * b)),
    doc="The angle in radians of the point (b, a).",
    domain=[NONZERO, NONZERO],
    scalar="atan2({0}, {1})",
    numpy=[np.arctan2],
)
sinh = primitive(
    "sinh",
    np.sinh,
    lambda g, y, x: g * np.cosh(x),
    doc="The hyperbolic sine.",
    domain=[ANY],
    scalar="sinh({0})",
    numpy=[np.sinh],
)
cosh = primitive(
    "cosh",
    np.cosh,
    lambda g, y, x: g * np.sinh(x),
    doc="The hyperbolic cosine.",
    domain=[ANY],
    scalar="cosh({0})",
    numpy=[np.cosh],
)
tanh = primitive(
    "tanh",
    np.tanh,
    lambda g, y, x: g * (1 - y * y),
    doc="The hyperbolic tangent.",
    domain=[ANY],
    scalar="tanh({0})",
    numpy=[np.tanh],
    method="tanh",
)
arcsinh = primitive(
    "arcsinh",
    np.arcsinh,
    lambda g, y, x: g / np.hypot(x, 1),
    doc="The inverse of the hyperbolic sine.",
    domain=[ANY],
    scalar="asinh({0})",
    numpy=[np.arcsinh],
)
arccosh = primitive(
    "arccosh",
    np.arccosh,
    lambda g, y, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)),
    doc="The inverse of the hyperbolic cosine.",
    domain=[[(1.2, 3.0)]],
    scalar="acosh({0})",
    at_kink="infinity at x = 1",
    numpy=[np.arccosh],
)
arctanh = primitive(
    "arctanh",
    np.arctanh,
    lambda g, y, x: g / ((1 - x) * (1 + x)),
    doc="The inverse of the hyperbolic tangent.",
    domain=[INSIDE_ONE],
    scalar="atanh({0})",
    numpy=[np.arctanh],
)


def _sinc_slope(g: Any, y: Any, x: Any) -> Any:
    # (cos(pi x) - sinc(x)) / x cancels near 0; its power series does not. Both branches are
    # finite everywhere, so that neither leaks a NaN into the other's gradient.
    near = np.abs(x) < 0.1
    far = np.where(near, 1, x)
    exact = (np.cos(np.pi * far) - np.sinc(far)) / far
    z = np.square(np.pi * np.where(near, x, 0))
    series = 1 - z / 10 * (1 - z / 28 * (1 - z / 54 * (1 - z / 88 * (1 - z / 130))))
    return g * np.where(near, -(np.pi**2) / 3 * x * series, exact)


sinc = primitive(
    "sinc",
    np.sinc,
    _sinc_slope,
    doc="sin(πx) / (πx), and 1 at 0.",
    domain=[ANY],
    scalar="sinc({0})",
    numpy=[np.sinc],
)
deg2rad = primitive(
    "deg2rad",
    np.deg2rad,
    lambda g, y, x: g * (np.pi / 180),
    doc="An angle in degrees, in radians.",
    domain=[ANY],
    scalar=f"{{0}} * {np.pi / 180!r}",
    numpy=[np.deg2rad, np.radians],
)
rad2deg = primitive(
    "rad2deg",
    np.rad2deg,
    lambda g, y, x: g * (180 / np.pi),
    doc="An angle in radians, in degrees.",
    domain=[ANY],
    scalar=f"{{0}} * {180 / np.pi!r}",
    numpy=[np.rad2deg, np.degrees],
)

# ------------------------------------------------------------------------ larger and smaller


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


# ------------------------------------------------------------------------ steps: zero gradients


def _step(name: str, function: Any, doc: str, scalar: str, **derived: Any) -> Primitive:
    return primitive(
        name,
        function,
        lambda g, y, x: g * 0,
        doc=doc,
        domain=[BETWEEN_INTEGERS],
        scalar=scalar,
        at_kink="0 everywhere, at the steps too",
        numpy=[function],
        **derived,
    )


sign = _step("sign", np.sign, "-1, 0 or 1 as x is negative, zero or positive.", "sign({0})")
floor = _step("floor", np.floor, "The largest integer not above x.", "floor({0})")
ceil = _step("ceil", np.ceil, "The smallest integer not below x.", "ceil({0})")
trunc = _step("trunc", np.trunc, "x without its fraction.", "trunc({0})")
rint = _step("rint", np.rint, "The nearest integer, halves to even.", "rint({0})")
answer(np.fix, trunc)
heaviside = primitive(
    "heaviside",
    np.heaviside,
    lambda g, y, a, b: g * 0,
    lambda g, y, a, b: np.where(a == 0, g, 0),
    doc="0 where a < 0, 1 where a > 0, b where a = 0.",
    domain=[NONZERO, ANY],
    scalar="heaviside({0}, {1})",
    at_kink="0 at the step",
    numpy=[np.heaviside],
)


@answers(np.round, np.around, method="round")
def round(a: Any, decimals: int = 0) -> Any:
    """Round to a number of decimals, halves to even; the gradient is zero.

    >>> from tinygrad_gates import Value
    >>> round(Value(2.567), 1).item()
    2.6
    """
    if decimals == 0:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


# ------------------------------------------------------------------------ remainders

floor_divide = primitive(
    "floor_divide",
    operator.floordiv,
    lambda g, y, a, b: g * 0,
    lambda g, y, a, b: g * 0,
    doc="The largest integer not above a / b.",
    symbol="//",
    domain=[[(0.2, 0.8)], [(1.2, 1.8)]],
    scalar="floor({0} / {1})",
    at_kink="0 everywhere, at the steps too",
    numpy=[np.floor_divide],
    operator="floordiv",
)
remainder = primitive(
    "remainder",
    operator.mod,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.floor_divide(a, b),
    doc="a - b·floor(a / b), with the sign of b.",
    symbol="mod",
    domain=[[(2.2, 2.8)], [(0.8, 1.0), (1.5, 1.9)]],
    scalar="{0} % {1}",
    at_kink="1 and -floor(a / b) at the jumps too",
    numpy=[np.remainder],
    operator="mod",
)
fmod = primitive(
    "fmod",
    np.fmod,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * np.trunc(a / b),
    doc="a - b·trunc(a / b), with the sign of a.",
    domain=[[(-2.8, -2.2), (2.2, 2.8)], [(0.8, 1.0), (1.5, 1.9)]],
    scalar="fmod({0}, {1})",
    at_kink="1 and -trunc(a / b) at the jumps too",
    numpy=[np.fmod],
)
copysign = primitive(
    "copysign",
    np.copysign,
    lambda g, y, a, b: g * np.sign(a) * np.copysign(1, b),
    lambda g, y, a, b: g * 0,
    doc="|a| with the sign of b.",
    domain=[NONZERO, NONZERO],
    scalar="copysign({0}, {1})",
    at_kink="0 at a = 0, 0 by b",
    numpy=[np.copysign],
)


@answers(np.divmod)
def divmod(a: Any, b: Any) -> tuple[Any, Any]:
    """Return `(a // b, a % b)`."""
    return np.floor_divide(a, b), np.remainder(a, b)


@answers(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """Return the fraction and the integer part of x, both with the sign of x."""
    whole = np.trunc(x)
    return x - whole, whole


@answers(np.ldexp)
def ldexp(a: Any, b: Any) -> Any:
    """Return a · 2**b."""
    return a * np.exp2(b)


attach_method("__divmod__", divmod)
attach_method("__rdivmod__", lambda b, a: divmod(a, b))
attach_method("__round__", lambda x, ndigits=None: round(x, ndigits or 0))
