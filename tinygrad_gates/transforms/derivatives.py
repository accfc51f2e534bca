"""Functions that return derivatives of a function: gradients, Jacobians, Hessians."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core import Value
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.transforms.recording import Argnums, Recording, one_or_all, record

Function = Callable[..., Any]


def grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return the function that computes the gradient of a function.

    Args:
        f: returns a number; its arguments are arrays, or nested lists, tuples and dicts of
            arrays. A result that does not depend on an argument has zeros for its gradient.
        argnums: the position of the argument to differentiate by, or a sequence of positions;
            then the gradients are a tuple.
        has_aux: whether f returns (number, other results), which are returned beside the
            gradient and not differentiated.

    Returns:
        A function with the arguments of f. Its result has the form, shapes and dtypes of the
        argument; with `has_aux`, it is (gradient, other results).

    Raises:
        ShapeError: if the result is not a number.
        NotDifferentiableError: if an argument holds integers, or f calls what has no rule.

    >>> grad(np.tanh)(0.0)
    np.float64(1.0)
    >>> grad(grad(lambda x: x**3))(2.0)
    np.float64(12.0)
    >>> grad(lambda p: p["w"] * p["b"])({"w": 2.0, "b": 3.0})
    {'w': np.float64(3.0), 'b': np.float64(2.0)}
    """
    differentiate = _value_and_grad("grad", f, argnums, has_aux)

    @wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, found = differentiate(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def value_and_grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return the function that computes a function's value and its gradient together.

    Takes and raises the same as `grad`. The result is (value, gradient); with `has_aux`, it is
    ((value, other results), gradient).

    >>> value_and_grad(np.square)(3.0)
    (np.float64(9.0), np.float64(6.0))
    """
    return _value_and_grad("value_and_grad", f, argnums, has_aux)


def _value_and_grad(caller: str, f: Function, argnums: Argnums, has_aux: bool) -> Function:
    @wraps(f)
    def differentiate(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        recording = record(caller, f, args, kwargs, argnums)
        value = _first(caller, recording.result) if has_aux else recording.result
        _require_number(caller, value)
        gradients = recording.arranged(recording.pull([(value, None)]))
        return recording.outward(recording.result), one_or_all(argnums, gradients)

    return differentiate


def _first(caller: str, result: Any) -> Any:
    if isinstance(result, tuple) and len(result) == 2:
        return result[0]
    raise TypeError(
        f"{caller}: with has_aux=True the function has to return (number, other results), "
        f"not {result!r:.80}"
    )


def _require_number(caller: str, value: Any) -> None:
    if not isinstance(value, (Value, np.ndarray, np.generic, int, float)):
        raise TypeError(
            f"{caller}: the function has to return a number, not {type(value).__name__}. "
            f"Use jacobian for several results, has_aux=True for results on the side."
        )
    if np.shape(value):
        raise ShapeError(
            f"{caller}: the function has to return a number, and returned an array of shape "
            f"{np.shape(value)}. Reduce it, as with .sum(), or use elementwise_grad or jacobian."
        )
    if np.result_type(value).kind != "f" and isinstance(value, (Value, np.generic)):
        raise DtypeError(
            f"{caller}: the function returned {np.result_type(value)}, which has no derivative; "
            f"it has to return a float"
        )


def elementwise_grad(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function that computes the derivative of each entry of the result by its own.

    Args:
        f: works on each entry by itself, as NumPy's ufuncs do. (Of any other function, this is
            the gradient of the sum of all results.)
        argnums: as in `grad`.

    >>> elementwise_grad(np.sin)(np.array([0.0, np.pi]))
    array([ 1., -1.])
    """

    @wraps(f)
    def derivative(*args: Any, **kwargs: Any) -> Any:
        recording = record("elementwise_grad", f, args, kwargs, argnums)
        results = trees.leaves(recording.result)
        ones = [np.ones(np.shape(y), np.result_type(y)) for y in results]
        gradients = recording.pull(zip(results, ones, strict=True))
        return one_or_all(argnums, recording.arranged(gradients))

    return derivative


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function that computes all derivatives of all results.

    The recorded run is swept back once for each entry of the result.

    Args:
        f: returns an array, or nested lists, tuples and dicts of arrays.
        argnums: as in `grad`.

    Returns:
        A function with the arguments of f. Where f returns an array of shape S, its result has
        the form of the argument, with an array of shape S + T where that has one of shape T.

    >>> jacobian(lambda x: x[1:] * x[0])(np.array([2.0, 3.0, 4.0]))
    array([[3., 2., 0.],
           [4., 0., 2.]])
    """

    @wraps(f)
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        recording = record("jacobian", f, args, kwargs, argnums)

        def by_arguments(y: Any) -> Any:
            return one_or_all(argnums, recording.arranged(_rows(recording, y)))

        return trees.transform(by_arguments, recording.result)

    return derivatives


def _rows(recording: Recording, y: Any) -> list[Any]:
    """Return the derivatives of one array by each variable."""
    shape = np.shape(y)
    pulled = []
    for index in np.ndindex(shape):
        unit = np.zeros(shape, np.result_type(y))
        unit[index] = 1
        pulled.append(recording.pull([(y, unit[()])]))
    if not pulled:
        return [np.zeros((*shape, *x.shape), x.dtype) for x in recording.variables]
    return [
        np.stack(gradients).reshape((*shape, *x.shape))
        for gradients, x in zip(zip(*pulled, strict=True), recording.variables, strict=True)
    ]


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function that computes all second derivatives of a function.

    Args:
        f: returns a number.
        argnums: as in `grad`.

    Returns:
        A function with the arguments of f. By an argument of shape T its result has the shape
        T + T; by several arrays, it is nested twice, like the argument.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0]))
    array([[10.,  6.],
           [ 6.,  0.]])
    """
    return jacobian(wraps(f)(grad_of("hessian", f, argnums)), argnums)


def grad_of(caller: str, f: Function, argnums: Argnums) -> Function:
    """Return the gradient of a function, for a caller that messages name."""
    differentiate = _value_and_grad(caller, f, argnums, has_aux=False)
    return lambda *args, **kwargs: differentiate(*args, **kwargs)[1]
