"""Steps, whose gradient is zero, and remainders."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from tinygrad_gates.core.plain import raw
from tinygrad_gates.core.primitive import Primitive, answer, answers, attach_method, primitive
from tinygrad_gates.ops.elementwise.domains import ANY, BETWEEN_INTEGERS, NONZERO


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
spacing = _step(
    "spacing", np.spacing, "The distance to the next larger float in size.", "spacing({0})"
)
nextafter = primitive(
    "nextafter",
    np.nextafter,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g * 0,
    doc="The next float after a towards b.",
    domain=[[(-2.0, -1.2), (1.2, 2.0)], [(4.0, 8.0)]],
    scalar="nextafter({0}, {1})",
    numpy=[np.nextafter],
)
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
    scalar="floor_divide({0}, {1})",
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


@answers(np.frexp)
def frexp(x: Any) -> tuple[Any, Any]:
    """Return m of size 0.5 to 1, and an integer n, with m · 2**n equal to x.

    >>> from tinygrad_gates import Value
    >>> frexp(Value(6.0))
    (Value(data=0.75, grad=0.0), np.int32(3))
    """
    exponent = np.frexp(raw(x))[1]
    return np.ldexp(x, -exponent), exponent


@answers(np.ldexp)
def ldexp(a: Any, b: Any) -> Any:
    """Return a · 2**b."""
    return a * np.exp2(b)


attach_method("__divmod__", divmod)
attach_method("__rdivmod__", lambda b, a: divmod(a, b))
attach_method("__round__", lambda x, ndigits=None: round(x, ndigits or 0))
