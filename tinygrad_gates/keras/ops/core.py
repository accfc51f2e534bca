"""What `keras.ops` does around arrays: converting, scattering, loops and choices in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import transforms, trees
from tinygrad_gates.core.plain import raw
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import symbolic
from tinygrad_gates.keras.dtypes import standardize_dtype
from tinygrad_gates.keras.ops.calling import operation, tensor, tensors
from tinygrad_gates.keras.symbolic import KerasTensor
from tinygrad_gates.ops.indexing import scatter_add

Function = Callable[..., Any]

# ------------------------------------------------------------------------ converting


def convert_to_tensor(
    x: Any, dtype: DTypeLike | None = None, sparse: Any = None, ragged: Any = None
) -> Any:
    """Return x as a Value; Python's numbers become float32 and int32, as everywhere in Keras.

    Raises `ValueError` for sparse or ragged tensors, which there are none of.

    >>> convert_to_tensor([1.0, 2.0]).dtype, convert_to_tensor([1, 2]).dtype
    (dtype('float32'), dtype('int32'))
    """
    if sparse or ragged:
        raise ValueError("convert_to_tensor: sparse and ragged tensors are not supported.")
    x = tensor(x)
    if isinstance(x, (Value, KerasTensor)):
        return x if dtype is None else cast(x, dtype)
    return Value(x, dtype=None if dtype is None else standardize_dtype(dtype))


def array(x: Any, dtype: DTypeLike | None = None) -> Any:
    """Return what `convert_to_tensor` returns."""
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x: Any) -> np.ndarray[Any, Any]:
    """Return x as an array of its own.

    >>> convert_to_numpy(Value([1.0, 2.0]))
    array([1., 2.])
    """
    if isinstance(x, (list, tuple)):
        return np.array([convert_to_numpy(item) for item in x])
    return np.array(x.numpy() if isinstance(x, Value) else x)


def is_tensor(x: Any) -> bool:
    """Return whether x is a Value.

    >>> is_tensor(convert_to_tensor(1.0)), is_tensor(1.0)
    (True, False)
    """
    return isinstance(x, Value)


def cast(x: Any, dtype: DTypeLike) -> Any:
    """Return x in another dtype.

    >>> cast(Value([1.0, 2.0]), "float32").dtype
    dtype('float32')
    """
    if isinstance(x, KerasTensor):
        return x.astype(standardize_dtype(dtype))
    return _changed(x, dtype)


@operation
def _changed(x: Any, dtype: DTypeLike) -> Any:
    return tensor(x).astype(standardize_dtype(dtype))


@operation
def saturate_cast(x: Any, dtype: DTypeLike) -> Any:
    """Return x in another dtype, with its least and largest numbers for what it cannot hold.

    >>> saturate_cast([-1.0, 300.0], "uint8")
    Value(data=[  0, 255])
    """
    wanted = np.dtype(standardize_dtype(dtype))
    if wanted.kind == "b":
        return tensor(x).astype(bool)
    limits: Any = np.finfo(wanted) if wanted.kind == "f" else np.iinfo(wanted)
    return np.clip(tensor(x), float(limits.min), float(limits.max)).astype(wanted)


def dtype(x: Any) -> str:
    """Return the name of the dtype of x.

    >>> dtype(np.zeros(2))
    'float64'
    """
    return standardize_dtype(tensor(x).dtype)


def shape(x: Any) -> tuple[Any, ...]:
    """Return the shape of x; of a place, with None for what is not known.

    >>> shape([[1, 2]])
    (1, 2)
    """
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def stop_gradient(variable: Any) -> Any:
    """Return the same numbers as constants: no gradient flows through them."""
    return _stopped(variable) if symbolic.is_symbolic(variable) else _constants(variable)


def _constants(tree: Any) -> Any:
    return transforms.stop_gradient(tree)


@operation
def _stopped(variable: Any) -> Any:
    return _constants(variable)


def custom_gradient(f: Function) -> Function:
    """Give a function a gradient of one's own, as a decorator.

    The function returns its result, and a function of the result's gradient (`upstream=`, or its
    first argument) that returns that of each argument.

    >>> @custom_gradient
    ... def square(x):
    ...     def gradient(upstream):
    ...         return upstream * 20.0
    ...     return x * x, gradient
    >>> x = Value(3.0)
    >>> square(x).backward()
    >>> x.grad
    np.float64(20.0)
    """
    wrapped = transforms.custom_vjp(lambda *args: raw(f(*args)[0]))

    def rule(g: Any, y: Any, *args: Any) -> Any:
        return f(*args)[1](g)

    wrapped.defvjp(rule)
    return wrapped


# ------------------------------------------------------------------------ parts of arrays


@operation
def scatter(indices: Any, values: Any, shape: Sequence[int]) -> Any:
    """Return zeros of a shape with values added at places.

    Args:
        indices: places along the first axes, of shape (..., axes).
        values: what is added: a number, or a part of the shape, for each place.
        shape: of the result.

    >>> scatter([[0], [2], [0]], [1.0, 2.0, 3.0], (3,))
    Value(data=[4., 0., 2.])
    """
    return scatter_add(tensor(values), shape=tuple(shape), index=_at(indices))


def _at(indices: Any) -> tuple[Any, ...]:
    places = np.asarray(raw(tensor(indices)))
    return tuple(places[..., axis] for axis in range(places.shape[-1]))


_REDUCTIONS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


@operation
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """Return inputs with other numbers at places.

    Args:
        inputs: an array.
        indices: places along the first axes, of shape (n, axes).
        updates: what is put there: a number, or a part of the shape, for each place.
        reduction: "add", "max", "min" or "mul" to put together with what is there, rather than
            to replace it.

    Raises:
        ValueError: for another reduction.

    >>> scatter_update([0.0, 0.0, 0.0], [[1]], [5.0])
    Value(data=[0., 5., 0.])
    """
    inputs, updates = (tensor(x) for x in tensors(inputs, updates))
    at = _at(indices)
    if reduction == "add":
        return inputs + scatter_add(updates, shape=inputs.shape, index=at)
    if reduction is not None and reduction not in _REDUCTIONS:
        raise ValueError(f"scatter_update: reduction={reduction!r} is none of {[*_REDUCTIONS]}.")
    if reduction is None:
        return _replaced(inputs, updates, at)
    for place in np.ndindex(at[0].shape):
        where = tuple(axis[place] for axis in at)
        together = _REDUCTIONS[reduction](inputs[where], updates[place])
        inputs = _replaced(inputs, together, where)
    return inputs


def _replaced(inputs: Any, updates: Any, at: Any) -> Any:
    """Return inputs with others at places, of which the last counts where one comes twice."""
    order = np.arange(np.size(updates)).reshape(np.shape(updates))
    source = np.full(inputs.shape, -1)
    source[at] = order
    return np.where(source >= 0, updates.reshape(-1)[np.maximum(source, 0)], inputs)


def _window(start_indices: Any, lengths: Sequence[int], whole: Sequence[int]) -> Any:
    """Return slices of those lengths, moved to where they fit, as in XLA."""
    starts = np.asarray(raw(tensor(start_indices))).tolist()
    places = [
        min(max(start, 0), limit - length)
        for start, length, limit in zip(starts, lengths, whole, strict=True)
    ]
    if any(place < 0 for place in places):
        raise ShapeError(f"slice: shape {tuple(lengths)} is larger than {tuple(whole)}.")
    spans = zip(places, lengths, strict=True)
    return tuple(_slice(place, place + length) for place, length in spans)


_slice = slice


@operation
def slice(inputs: Any, start_indices: Any, shape: Sequence[int]) -> Any:
    """Return the part of an array that starts at a place and has a shape.

    >>> slice([1.0, 2.0, 3.0], [1], [2])
    Value(data=[2., 3.])
    """
    inputs = tensor(inputs)
    whole = inputs.shape
    starts = np.asarray(raw(tensor(start_indices))).tolist()
    if not len(starts) == len(shape) == len(whole):
        raise ShapeError(
            f"slice: start_indices={starts} and shape={tuple(shape)} have to have a number for "
            f"each axis of inputs, of shape {whole}."
        )
    lengths = [
        limit - start if length == -1 else length
        for length, limit, start in zip(shape, whole, starts, strict=True)
    ]
    return inputs[_window(starts, lengths, whole)]


@operation
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Return an array with another in the part that starts at a place.

    >>> slice_update([1.0, 2.0, 3.0], [1], [9.0])
    Value(data=[1., 9., 3.])
    """
    inputs, updates = (tensor(x) for x in tensors(inputs, updates))
    return _replaced(inputs, updates, _window(start_indices, updates.shape, inputs.shape))


@operation
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """Return the parts of x along an axis, without it.

    Raises `ValueError` if `num` is not how many there are.

    >>> unstack([1.0, 2.0])
    [Value(data=1.0), Value(data=2.0)]
    """
    x = np.moveaxis(tensor(x), axis, 0)
    if num is not None and num != x.shape[0]:
        raise ValueError(f"unstack: num={num}, and along axis {axis} there are {x.shape[0]} parts.")
    return [x[place] for place in range(x.shape[0])]


# ------------------------------------------------------------------------ loops and choices


@operation
def cond(pred: Any, true_fn: Function, false_fn: Function) -> Any:
    """Return what one function returns if a condition holds, what the other does if not.

    >>> cond(True, lambda: 1.0, lambda: 2.0)
    1.0
    """
    return true_fn() if bool(raw(pred)) else false_fn()


@operation
def switch(index: Any, branches: Sequence[Function], *operands: Any) -> Any:
    """Return what the function of a number returns for operands; the number is kept in range.

    >>> switch(1, [lambda x: x, lambda x: 2 * x], 3.0)
    6.0
    """
    return branches[min(max(int(raw(index)), 0), len(branches) - 1)](*operands)


def while_loop(
    cond: Function, body: Function, loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Return variables after calling a function on them as long as a condition of them holds.

    >>> while_loop(lambda i: i < 10, lambda i: (3 * i,), (1,))
    (27,)
    """
    single = not isinstance(loop_vars, (list, tuple))
    variables = (loop_vars,) if single else tuple(loop_vars)
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and bool(cond(*variables)):
        made = body(*variables)
        variables = tuple(made) if isinstance(made, (list, tuple)) else (made,)
        count += 1
    return variables[0] if single else variables


def fori_loop(lower: Any, upper: Any, body_fun: Function, init_val: Any) -> Any:
    """Return a state after calling a function of a number and the state for each number.

    >>> fori_loop(0, 4, lambda i, total: total + i, 0)
    6
    """
    state = init_val
    for number in range(int(raw(lower)), int(raw(upper))):
        state = body_fun(number, state)
    return state


@operation
def map(f: Function, xs: Any) -> Any:
    """Return what a function returns for each part along the first axis, stacked.

    >>> map(lambda x: x * x, [1.0, 2.0])
    Value(data=[1., 4.])
    """
    parts = _parts(xs)
    return _stacked([f(part) for part in parts])


vectorized_map = map


@operation
def scan(
    f: Function,
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: Any = 1,
) -> tuple[Any, Any]:
    """Return the last state, and what came out of each step, stacked.

    Args:
        f: a function of the state and a part that returns the next state and what comes out.
        init: the first state.
        xs: nested arrays, whose parts along the first axis are the steps.
        length: the number of steps without xs.
        reverse: whether the last part comes first.
        unroll: taken for Keras's sake.

    Raises:
        ValueError: without xs and length.

    >>> scan(lambda total, x: (total + x, total), 0.0, [1.0, 2.0, 3.0])
    (Value(data=6.0), Value(data=[0., 1., 3.]))
    """
    if xs is None and length is None:
        raise ValueError("scan: give xs, or the number of steps as length.")
    parts = [None] * int(length or 0) if xs is None else _parts(xs)
    state, made = init, []
    for part in reversed(parts) if reverse else parts:
        state, output = f(state, part)
        made.append(output)
    return state, _stacked(made[::-1] if reverse else made)


@operation
def associative_scan(f: Function, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Return the parts along an axis put together by a function: the first, first two, and so on.

    >>> associative_scan(lambda a, b: a + b, [1.0, 2.0, 3.0])
    Value(data=[1., 3., 6.])
    """
    parts = _parts(trees.transform(lambda x: np.moveaxis(tensor(x), axis, 0), _arrays(elems)))
    made: list[Any] = []
    for part in reversed(parts) if reverse else parts:
        made.append(f(made[-1], part) if made else part)
    stacked = _stacked(made[::-1] if reverse else made)
    return trees.transform(lambda x: np.moveaxis(x, 0, axis), stacked)


def _arrays(tree: Any) -> Any:
    """Return nested lists of numbers as one array; nested arrays stay as they are."""
    numbers = isinstance(tree, (list, tuple)) and not any(np.ndim(x) for x in trees.leaves(tree))
    return tensor(tree) if numbers else trees.transform(tensor, tree)


def _parts(tree: Any) -> list[Any]:
    arrays = _arrays(tree)
    count = trees.leaves(arrays)[0].shape[0]
    return [trees.transform(itemgetter(place), arrays) for place in range(count)]


def _stacked(made: list[Any]) -> Any:
    if not made or made[0] is None:
        return None
    columns = zip(*(trees.leaves(item) for item in made), strict=True)
    return trees.rebuild(made[0], [np.stack([tensor(x) for x in column]) for column in columns])
