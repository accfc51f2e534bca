"""Exponentials and logarithms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import primitive
from tinygrad_gates.ops.elementwise.domains import ANY, POSITIVE

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
