"""What `keras.ops` computes number by number: tables of NumPy's functions, and a few besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.keras.ops.calling import numpy_operation, operation, tensor, tensors

FLOAT = """
    arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad exp exp2 expm1 fabs
    floor log log10 log1p log2 rad2deg reciprocal sin sinc sinh sqrt tan tanh
""".split()
"""Functions of one number that make floats of integers."""

SAME = """
    abs absolute bitwise_invert bitwise_not conj conjugate isfinite isinf isnan isneginf isposinf
    isreal logical_not negative sign signbit square trunc
""".split()
"""Functions of one number that take it as it is."""

TOGETHER = """
    add equal floor_divide fmax fmin fmod gcd greater greater_equal lcm less less_equal logical_and
    logical_or logical_xor maximum minimum mod multiply not_equal power subtract
""".split()
"""Functions of two numbers, in the dtype that they have together."""

TOGETHER_FLOAT = """
    arctan2 divide heaviside hypot logaddexp logaddexp2 nextafter true_divide
""".split()
"""Functions of two numbers that make floats of integers."""

BITS = """
    bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor left_shift right_shift
""".split()
"""Functions of the bits of two integers."""


def _of_one(name: str, floating: bool) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: Any) -> Any:
        return function(tensor(x, floating))

    return _named(called, name, f"Return `np.{name}` of each number of x.")


def _of_two(name: str, floating: bool) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x1: Any, x2: Any) -> Any:
        return function(*tensors(x1, x2, floating=floating))

    return _named(called, name, f"Return `np.{name}` of each pair of numbers, broadcast.")


def _of_bits(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def called(x: Any, y: Any) -> Any:
        return function(*tensors(x, y))

    return _named(called, name, f"Return `np.{name}` of each pair of integers, broadcast.")


def _named(function: Callable[..., Any], name: str, doc: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return numpy_operation(function)


FUNCTIONS = {
    **{name: _of_one(name, floating=True) for name in FLOAT},
    **{name: _of_one(name, floating=False) for name in SAME},
    **{name: _of_two(name, floating=False) for name in TOGETHER},
    **{name: _of_two(name, floating=True) for name in TOGETHER_FLOAT},
    **{name: _of_bits(name) for name in BITS},
}
"""The functions of the tables, by name."""


@numpy_operation
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Return x, with what is below `x_min` or above `x_max` replaced by that bound.

    >>> clip([-2.0, 0.5, 3.0], -1, 1)
    Value(data=[-1. ,  0.5,  1. ])
    """
    return np.clip(*tensors(x, x_min, x_max))


@numpy_operation
def round(x: Any, decimals: int = 0) -> Any:
    """Return x rounded to a number of decimals; the gradient is 0.

    >>> round([1.26, 0.5], 1)
    Value(data=[1.3, 0.5])
    """
    return np.round(tensor(x), decimals)


@numpy_operation
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Return numbers of `x1` where a condition holds, and of `x2` elsewhere.

    Without them, the places where it holds: an array of indices for each axis.

    Raises `ValueError` if only one of them is given.

    >>> where([True, False], 1.0, 0.0)
    Value(data=[1., 0.])
    """
    if (x1 is None) != (x2 is None):
        raise ValueError("where: give both x1 and x2, or neither.")
    if x1 is None:
        return nonzero(condition)
    return np.where(tensor(condition), *tensors(x1, x2))


@numpy_operation
def nonzero(x: Any) -> Any:
    """Return the places of numbers that are not 0: an array of indices for each axis.

    >>> nonzero([0, 3, 4])
    (Value(data=[1, 2]),)
    """
    return tuple(places.astype(np.int32) for places in np.nonzero(tensor(x)))


@operation
def nan_to_num(x: Any, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Return x with other numbers for NaN and infinities; by default 0 and the largest floats.

    >>> nan_to_num([float("nan"), 1.0])
    Value(data=[0., 1.])
    """
    x = tensor(x)
    if x.dtype.kind != "f":
        return x
    largest = np.finfo(x.dtype).max
    x = np.where(np.isnan(x), nan, x)
    x = np.where(np.isposinf(x), largest if posinf is None else posinf, x)
    return np.where(np.isneginf(x), -largest if neginf is None else neginf, x)


@operation
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Return x1 / x2, and 0 where x2 is 0.

    >>> divide_no_nan([1.0, 1.0], [2.0, 0.0])
    Value(data=[0.5, 0. ])
    """
    x1, x2 = tensors(x1, x2, floating=True)
    nothing = np.equal(x2, 0)
    return np.where(nothing, 0, x1 / np.where(nothing, 1, x2))


@operation
def ldexp(x1: Any, x2: Any) -> Any:
    """Return x1 * 2**x2.

    >>> ldexp(1.5, 2)
    Value(data=6.0)
    """
    x1, power = tensor(x1, floating=True), tensor(x2)
    return x1 * np.exp2(power.astype(x1.dtype))


@operation
def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Return whether each two numbers differ by no more than atol + rtol * |x2|.

    >>> isclose([1.0, 2.0], [1.0, 2.1])
    array([ True, False])
    """
    x1, x2 = tensors(x1, x2)
    return np.isclose(x1, x2, rtol, atol, equal_nan)


@operation
def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Return whether all numbers are close, as `isclose` says.

    >>> allclose([1.0, 2.0], [1.0, 2.1])
    False
    """
    x1, x2 = tensors(x1, x2)
    return np.allclose(x1, x2, rtol, atol, equal_nan)
