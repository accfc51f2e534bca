"""Functions of TensorFlow that `keras.ops` has not, or has with other arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import ops as operations
from tinygrad_gates.keras import random as keras_random
from tinygrad_gates.stand_in.tensors import array
from tinygrad_gates.stand_in.tensors import tensor as as_tensor
from tinygrad_gates.trees import leaves, transform

Tensor = Any
Axis = int | Sequence[int] | None

ELEMENTWISE = """
    abs acos acosh add asin asinh atan atan2 atanh ceil cos cosh divide equal erf exp expm1 floor
    floordiv greater greater_equal is_finite is_inf is_nan less less_equal log log1p logical_and
    logical_not logical_or maximum minimum mod multiply negative not_equal ones_like pow reciprocal
    round rsqrt sign sin sinh sqrt square stop_gradient subtract tan truediv where zeros_like
""".split()
STRUCTURAL = "einsum meshgrid reverse roll sort tensordot tile".split()
"""Functions that are `keras.ops`'s but for their names and what their arguments are called."""

_RENAMED = {
    **{f"a{name}": f"arc{name}" for name in ("cos", "cosh", "sin", "sinh", "tan", "tan2", "tanh")},
    "floordiv": "floor_divide",
    "is_finite": "isfinite",
    "is_inf": "isinf",
    "is_nan": "isnan",
    "pow": "power",
    "reverse": "flip",
    "truediv": "true_divide",
}


def _shared(name: str, operands: int | None = None) -> Callable[..., Any]:
    """Return a function of `keras.ops` that makes tensors of its first arguments, or of all."""
    function = getattr(operations, _RENAMED.get(name, name))

    @wraps(function)
    def called(*args: Any, name: str | None = None, **kwargs: Any) -> Any:
        count = len(args) if operands is None else operands
        given = [_operand(arg) for arg in args[:count]]
        options = {name: axes(option) for name, option in kwargs.items()}
        return returned(function(*given, *map(axes, args[count:]), **options), *given)

    return called


def _operand(x: Any) -> Any:
    """Return a list of numbers as a tensor; numbers stay numbers, which take any dtype."""
    return as_tensor(x) if isinstance(x, list) else x


def axes(option: Any) -> Any:
    """Return a list of axes, as TensorFlow takes it, as a tuple."""
    return tuple(option) if isinstance(option, list) else option


def returned(result: Any, *operands: Any) -> Any:
    """Return arrays of results as tensors: of float32 and int32, where all numbers were Python's.

    Booleans stay arrays, as those that comparisons of Values make.
    """

    def made(item: Any) -> Any:
        if not isinstance(item, (np.ndarray, np.generic)) or item.dtype.kind == "b":
            return item
        plain = not any(hasattr(leaf, "dtype") for leaf in leaves(operands))
        return as_tensor(array(item.tolist() if plain else item))

    return transform(made, result)


def _reduction(name: str) -> Callable[..., Any]:
    function = getattr(operations, name)

    def called(
        input_tensor: Tensor, axis: Axis = None, keepdims: bool = False, name: str | None = None
    ) -> Tensor:
        axis = axes(axis)
        found = function(as_tensor(input_tensor), axis=axis, keepdims=keepdims)
        dtype = as_tensor(input_tensor).dtype
        return returned(found if dtype.kind == "b" else found.astype(dtype), input_tensor)

    called.__doc__ = f"Return the {name} of numbers along axes."
    return called


REDUCTIONS = {
    f"reduce_{name}": _reduction(name)
    for name in ("all", "any", "logsumexp", "max", "mean", "min", "prod", "std", "sum")
} | {"reduce_variance": _reduction("var")}


# ------------------------------------------------------------------------ making tensors


def constant(
    value: Any, dtype: Any = None, shape: Sequence[int] | None = None, name: str | None = None
) -> Tensor:
    """Return numbers as a tensor; one number may fill a shape."""
    made = as_tensor(value, dtype)
    if shape is None:
        return made
    return np.broadcast_to(made, shape) if made.size == 1 else made.reshape(tuple(shape))


def convert_to_tensor(value: Any, dtype: Any = None, **unused: Any) -> Tensor:
    """Return numbers as a tensor."""
    return as_tensor(value, dtype)


def zeros(shape: Any, dtype: Any = np.float32, name: str | None = None) -> Tensor:
    """Return zeros."""
    return as_tensor(np.zeros(as_shape(shape), dtype))


def ones(shape: Any, dtype: Any = np.float32, name: str | None = None) -> Tensor:
    """Return ones."""
    return as_tensor(np.ones(as_shape(shape), dtype))


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """Return one number, many times."""
    return np.broadcast_to(as_tensor(value), as_shape(dims))


def eye(
    num_rows: int, num_columns: int | None = None, dtype: Any = np.float32, **unused: Any
) -> Tensor:
    """Return a matrix with ones on its diagonal."""
    return as_tensor(np.eye(num_rows, num_columns, dtype=dtype))


def linspace(start: Any, stop: Any, num: int, name: str | None = None) -> Tensor:
    """Return numbers at equal distances, both ends among them."""
    return returned(np.linspace(_numbers(start), _numbers(stop), int(num)), start, stop)


def range_(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None) -> Tensor:
    """Return numbers from a start, 0 where only a limit is given, to below a limit."""
    start, limit = (0, start) if limit is None else (start, limit)
    numbers = np.arange(_numbers(start), _numbers(limit), _numbers(delta))
    return as_tensor(numbers, dtype) if dtype else returned(numbers, start, limit, delta)


def one_hot(
    indices: Tensor,
    depth: int,
    on_value: float = 1,
    off_value: float = 0,
    axis: int = -1,
    dtype: Any = np.float32,
    name: str | None = None,
) -> Tensor:
    """Return a row for each class number."""
    rows = operations.one_hot(as_tensor(indices), int(depth), axis=axis, dtype=dtype)
    return returned(np.where(np.asarray(rows) > 0, on_value, off_value).astype(dtype), rows)


def as_shape(shape: Any) -> tuple[int, ...]:
    """Return a shape, given as numbers or a tensor, as a tuple."""
    lengths = np.atleast_1d(_numbers(shape)) if not isinstance(shape, (list, tuple)) else shape
    return tuple(int(length) for length in lengths)


def _numbers(x: Any) -> Any:
    return x.numpy() if isinstance(x, Value) else x


# ------------------------------------------------------------------------ random numbers


def _drawing(draw: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(draw)
    def called(shape: Any, *args: Any, name: str | None = None, **kwargs: Any) -> Any:
        return as_tensor(draw(as_shape(shape), *args, **kwargs))

    return called


random_normal = _drawing(random.normal)
random_truncated_normal = _drawing(random.truncated_normal)
random_uniform = _drawing(random.uniform)


def random_shuffle(value: Tensor, seed: int | None = None, name: str | None = None) -> Tensor:
    """Return the parts along the first axis in a random order."""
    return gather(value, keras_random.shuffle(np.arange(len(value)), seed=seed))


# ------------------------------------------------------------------------ forms


def shape(input: Tensor, out_type: Any = np.int32, name: str | None = None) -> Any:
    """Return the lengths of the axes, a tuple."""
    return operations.shape(input)


def size(input: Tensor, out_type: Any = np.int32, name: str | None = None) -> Tensor:
    """Return the number of elements."""
    return as_tensor(np.size(_numbers(as_tensor(input))), out_type)


def rank(input: Tensor, name: str | None = None) -> Tensor:
    """Return the number of axes."""
    return as_tensor(as_tensor(input).ndim)


def cast(x: Tensor, dtype: Any, name: str | None = None) -> Tensor:
    """Return numbers in another dtype."""
    return as_tensor(x, np.dtype(dtype))


def reshape(tensor: Tensor, shape: Any, name: str | None = None) -> Tensor:
    """Return the same numbers in another shape, of which one length may be -1."""
    return returned(np.reshape(_operand(tensor), as_shape(shape)), tensor)


def transpose(a: Tensor, perm: Any = None, conjugate: bool = False, name: Any = None) -> Tensor:
    """Return the axes in another order, backwards by default."""
    return returned(np.transpose(_operand(a), perm), a)


def expand_dims(input: Tensor, axis: int, name: str | None = None) -> Tensor:
    """Return a new axis of length 1."""
    return returned(np.expand_dims(_operand(input), axis), input)


def squeeze(input: Tensor, axis: Any = None, name: str | None = None) -> Tensor:
    """Return axes of length 1 left out, all by default."""
    axis = axes(axis)
    return returned(np.squeeze(_operand(input), axis), input)


def broadcast_to(input: Tensor, shape: Any, name: str | None = None) -> Tensor:
    """Return a tensor repeated to a shape."""
    return returned(np.broadcast_to(_operand(input), as_shape(shape)), input)


def concat(values: Any, axis: int, name: str | None = None) -> Tensor:
    """Return tensors joined along an axis."""
    return returned(operations.concatenate([as_tensor(value) for value in values], axis))


def stack(values: Any, axis: int = 0, name: str | None = None) -> Tensor:
    """Return tensors joined along a new axis."""
    return returned(operations.stack([as_tensor(value) for value in values], axis))


def unstack(value: Tensor, num: int | None = None, axis: int = 0, name: Any = None) -> list[Tensor]:
    """Return the parts along an axis, which they lose."""
    value = as_tensor(value)
    return [np.take(value, index, axis) for index in range(value.shape[axis])]


def split(value: Tensor, num_or_size_splits: Any, axis: int = 0, **unused: Any) -> list[Tensor]:
    """Return a number of equal parts along an axis, or parts of given lengths."""
    value = _operand(value)
    if isinstance(num_or_size_splits, (int, np.integer)):
        return [*returned(np.split(value, int(num_or_size_splits), axis))]
    sizes = [int(length) for length in num_or_size_splits]
    if -1 in sizes:
        sizes[sizes.index(-1)] = value.shape[axis] - sum(sizes) - 1
    return [*returned(np.split(value, np.cumsum(sizes)[:-1].tolist(), axis))]


def gather(
    params: Tensor, indices: Any, validate_indices: Any = None, axis: int = 0, name: Any = None
) -> Tensor:
    """Return parts along an axis, by number."""
    return returned(np.take(as_tensor(params), array(indices), axis))


def boolean_mask(tensor: Tensor, mask: Any, name: str | None = None) -> Tensor:
    """Return the parts for which a mask is true."""
    return returned(_operand(tensor)[np.asarray(mask, bool)])


def pad(
    tensor: Tensor,
    paddings: Any,
    mode: str = "CONSTANT",
    constant_values: float = 0,
    name: Any = None,
) -> Tensor:
    """Return a tensor with so much before and after along each axis."""
    options = {"constant_values": constant_values} if mode.upper() == "CONSTANT" else {}
    return returned(np.pad(_operand(tensor), paddings, mode.lower(), **options))  # type: ignore[call-overload]


def identity(input: Tensor, name: str | None = None) -> Tensor:
    """Return a tensor as it is."""
    return as_tensor(input)


# ------------------------------------------------------------------------ mathematics


def matmul(
    a: Tensor, b: Tensor, transpose_a: bool = False, transpose_b: bool = False, **unused: Any
) -> Tensor:
    """Return the product of matrices."""
    a, b = _operand(a), _operand(b)
    left = np.swapaxes(a, -1, -2) if transpose_a else a
    right = np.swapaxes(b, -1, -2) if transpose_b else b
    return returned(operations.matmul(left, right))


def add_n(inputs: Sequence[Tensor], name: str | None = None) -> Tensor:
    """Return the sum of tensors."""
    return sum(map(as_tensor, inputs[1:]), as_tensor(inputs[0]))


def argmax(
    input: Tensor, axis: int | None = None, output_type: Any = np.int64, name: Any = None
) -> Tensor:
    """Return where the largest numbers are along an axis, the first by default."""
    found = operations.argmax(as_tensor(input), axis=0 if axis is None else axis)
    return as_tensor(array(found, output_type))


def argmin(
    input: Tensor, axis: int | None = None, output_type: Any = np.int64, name: Any = None
) -> Tensor:
    """Return where the smallest numbers are along an axis, the first by default."""
    found = operations.argmin(as_tensor(input), axis=0 if axis is None else axis)
    return as_tensor(array(found, output_type))


def argsort(
    values: Tensor, axis: int = -1, direction: str = "ASCENDING", stable: bool = False
) -> Tensor:
    """Return the order in which numbers along an axis are sorted."""
    values = as_tensor(values)
    sorted_ = np.argsort(-values if direction == "DESCENDING" else values, axis=axis)
    return as_tensor(array(sorted_, np.int32))


def cumsum(x: Tensor, axis: int = 0) -> Tensor:
    """Return sums of the numbers so far along an axis."""
    return returned(operations.cumsum(as_tensor(x), axis=axis), x)


def cumprod(x: Tensor, axis: int = 0) -> Tensor:
    """Return products of the numbers so far along an axis."""
    return returned(operations.cumprod(as_tensor(x), axis=axis), x)


def clip_by_value(t: Tensor, clip_value_min: Any, clip_value_max: Any, name: Any = None) -> Tensor:
    """Return numbers no smaller and no larger than bounds."""
    return returned(operations.clip(_operand(t), clip_value_min, clip_value_max), t)


def clip_by_norm(t: Tensor, clip_norm: float, axes: Any = None, name: Any = None) -> Tensor:
    """Return a tensor scaled down to a norm, where its own is larger."""
    length = np.sqrt(np.sum(np.square(as_tensor(t)), axis=axes, keepdims=True))
    return as_tensor(t) * (clip_norm / np.maximum(length, clip_norm))


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """Return the norm of several tensors together."""
    return np.sqrt(add_n([np.sum(np.square(as_tensor(t))) for t in leaves(t_list)]))


def squared_difference(x: Tensor, y: Tensor, name: str | None = None) -> Tensor:
    """Return the squares of differences."""
    return np.square(as_tensor(x) - as_tensor(y))


def clip_by_global_norm(
    t_list: Any, clip_norm: float, use_norm: Any = None, name: Any = None
) -> tuple[Any, Tensor]:
    """Return tensors scaled down to a norm together, where theirs is larger, and that norm."""
    length = global_norm(t_list) if use_norm is None else use_norm
    factor = clip_norm / np.maximum(length, clip_norm)
    return [None if t is None else as_tensor(t) * factor for t in t_list], length


def norm(
    tensor: Tensor,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool = False,
    name: Any = None,
) -> Tensor:
    """Return a norm along axes; of all numbers, by default."""
    order = None if ord == "euclidean" else ord
    values = _operand(tensor)
    values = values.reshape(-1) if axis is None and order is not None else values
    return returned(np.linalg.norm(values, order, axis, keepdims), tensor)


def cond(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: Any = None
) -> Any:
    """Return what the one function returns, or the other."""
    return true_fn() if bool(pred) else false_fn()


def map_fn(fn: Callable[[Any], Any], elems: Any, *unused: Any, **options: Any) -> Any:
    """Return a function's results for the parts along the first axis, stacked."""
    return stack([fn(part) for part in as_tensor(elems)])


SHARED = {name: _shared(name) for name in ELEMENTWISE} | {
    name: _shared(name, operands=1) for name in STRUCTURAL
}
