"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.primitive import primitive
from tinygrad_gates.ops.elementwise.domains import ANY, INSIDE_ONE, NONZERO

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
