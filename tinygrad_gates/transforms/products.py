"""Products of vectors with Jacobians and Hessians, without the matrices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tinygrad_gates import modes, trees
from tinygrad_gates.core import Value
from tinygrad_gates.core.backward import as_cotangent, pull
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.transforms.derivatives import Function, grad_of
from tinygrad_gates.transforms.recording import Recording, record, zeros


def vjp(
    f: Function, *primals: Any, has_aux: bool = False
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]] | tuple[Any, Callable[..., Any], Any]:
    """Return a function's result, and the function that pulls cotangents back through it.

    Args:
        f: takes arrays, or nested lists, tuples and dicts of arrays, and returns such.
        primals: its arguments.
        has_aux: whether f returns (result, other results); then those come third.

    Returns:
        The result, and a function that takes a cotangent of the result's form and shapes and
        returns a tuple: the cotangent of each argument. It may be called again.

    Raises:
        ShapeError, ValueError: if a cotangent has another shape or form than the result.

    >>> y, pullback = vjp(lambda x, w: x @ w, np.ones((1, 2)), np.array([[3.0], [4.0]]))
    >>> pullback(np.array([[10.0]]))
    (array([[30., 40.]]), array([[10.],
           [10.]]))
    """
    recording = record("vjp", f, primals, {})
    result = recording.result[0] if has_aux else recording.result

    def pullback(cotangents: Any) -> tuple[Any, ...]:
        given = trees.matching(cotangents, result, "vjp: the cotangent")
        return recording.arranged(recording.pull(zip(trees.leaves(result), given, strict=True)))

    if has_aux:
        return recording.outward(result), pullback, recording.outward(recording.result[1])
    return recording.outward(result), pullback


def jvp(f: Function, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Return a function's result, and how fast it changes as the arguments move along tangents.

    The product of the Jacobian with a vector is computed by pulling back twice: pulling back is
    linear in the cotangent, and the transpose of that linear map is what is wanted.

    Args:
        f: takes arrays, or nested lists, tuples and dicts of arrays, and returns such.
        primals: a tuple or list of its arguments, or its one argument, if that is an array.
        tangents: of the same form and shapes as the primals.

    Returns:
        The result, and its tangent, of the same form and shapes.

    Raises:
        ShapeError, ValueError: if a tangent has another shape or form than its primal.

    >>> jvp(np.sin, (0.0,), (2.0,))
    (np.float64(0.0), np.float64(2.0))
    """
    recording = record("jvp", f, _as_arguments(primals), {})
    moved = _fitting(recording, tangents)
    with modes.enable_grad():
        slopes = iter(_pushed(recording, moved))
    tangent = trees.transform(
        lambda y: next(slopes) if _differentiable(y) else zeros(y), recording.result
    )
    return recording.outward(recording.result), tangent


def _pushed(recording: Recording, tangents: list[Any]) -> list[Any]:
    """Return the tangent of each result that has one."""
    results = [y for y in trees.leaves(recording.result) if _differentiable(y)]
    # What stands for the cotangents is of no account: the map is linear in them.
    stand_ins = [Value(np.ones(y.shape, y.dtype)) for y in results]
    sent = dict(zip(results, stand_ins, strict=True))
    # A result that occurs twice is pulled back once, and has one tangent.
    pulled = pull(dict(sent), recording.variables, create_graph=True)
    nested = recording.nested or any(isinstance(t, Value) and t.requires_grad for t in tangents)
    seeds: dict[Value, Any] = {}
    for cotangent, tangent in zip(pulled, tangents, strict=True):
        if _differentiable(cotangent):
            seeds[cotangent] = seeds[cotangent] + tangent if cotangent in seeds else tangent
    pushed = pull(seeds, list(sent.values()), create_graph=nested)
    by_result = dict(zip(sent, pushed, strict=True))
    return [by_result[y] for y in results]


def _differentiable(y: Any) -> bool:
    return isinstance(y, Value) and y.requires_grad


def hvp(f: Function, primals: Any = None, tangents: Any = None) -> Any:
    """Return the product of a function's Hessian with a vector, at the cost of a few gradients.

    Args:
        f: returns a number.
        primals: a tuple or list of its arguments, or its one argument, if that is an array.
        tangents: the vector, of the same form and shapes as the primals.

    Returns:
        The product, of the form of the one argument, or a tuple for several arguments. Of f
        alone, the function that takes primals and tangents.

    Raises:
        ShapeError, ValueError: if a tangent has another shape or form than its primal.

    >>> hvp(lambda x: x[0] ** 2 * x[1], np.array([3.0, 5.0]), np.array([1.0, 0.0]))
    array([10.,  6.])
    """
    if primals is None:
        return partial(hvp, f)
    arguments = _as_arguments(primals)
    recording = record("hvp", grad_of("hvp", f, range(len(arguments))), arguments, {})
    moved = _fitting(recording, tangents)
    cotangents = zip(trees.leaves(recording.result), moved, strict=True)
    products = recording.arranged(recording.pull(cotangents))
    return products[0] if len(products) == 1 else products


def _as_arguments(primals: Any) -> tuple[Any, ...]:
    """Return a tuple of arguments: what was given, or that as the only one."""
    return tuple(primals) if isinstance(primals, (tuple, list)) else (primals,)


def _fitting(recording: Recording, tangents: Any) -> list[Any]:
    """Return the tangent of each variable, or refuse tangents of another form or shape."""
    caller = recording.caller
    given = trees.matching(_as_arguments(tangents), recording.chosen, f"{caller}: tangents")
    for x, tangent in zip(recording.variables, given, strict=True):
        if np.shape(tangent) != x.shape:
            raise ShapeError(
                f"{caller}: a tangent has shape {np.shape(tangent)}, and its primal {x.shape}"
            )
    return [as_cotangent(x, t, caller) for x, t in zip(recording.variables, given, strict=True)]
