"""Places where data will be: what layers are called with to say how a model is connected."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.allowance import check_array
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.modes import no_grad

if TYPE_CHECKING:
    from tinygrad_gates.keras.layers.layer import Layer

Shape = tuple[int | None, ...]

_serial = count()

operation: Callable[..., Any] | None = None
"""Makes a layer of a NumPy function and calls it; `layers.core.operation` puts itself here."""


class KerasTensor:
    """A place in a model where data will be: a shape, a dtype, and the call that it comes from.

    Operators and NumPy functions take it, as layers do, and return the place of their result.

    Attributes:
        shape: with None for lengths that are not known yet, samples first.
        dtype: of the data.
        node: the call of a layer that it comes from, once it comes from one.
        index: which of the call's outputs it is.

    Where the data will carry a mask, `_keras_mask`, as Keras's guides call it, is its place.
    """

    def __init__(self, shape: Shape, dtype: Any = np.float32, name: str | None = None) -> None:
        self.shape = tuple(shape)
        self.dtype = np.dtype(dtype)
        self.name = name or "keras_tensor"
        self.node: Node | None = None
        self.index = 0
        self._keras_mask: KerasTensor | None = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    # -------------------------------------------------------------------- operators

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__":
            return NotImplemented
        return _operate(ufunc, *inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _operate(function, *args, **kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self!r} stands for data to come and holds none. Call a model on data.")

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} stands for data to come: it is neither true nor false.")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"{self!r} stands for data to come, and cannot be iterated over.")

    def __getitem__(self, index: Any) -> Any:
        return _operate(_getitem, self, index)

    def astype(self, dtype: Any) -> Any:
        """Return the place of the same data in another dtype."""
        return _operate(_astype, self, dtype=np.dtype(dtype).name)

    def __neg__(self) -> Any:
        return _operate(np.negative, self)

    def __abs__(self) -> Any:
        return _operate(np.absolute, self)


def _getitem(x: Any, index: Any) -> Any:
    return x[tuple(index) if isinstance(index, list) else index]  # files know no tuples


def _astype(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


_OPERATORS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.mod,
    "pow": np.power,
    "matmul": np.matmul,
}
_COMPARISONS = {
    "gt": np.greater,
    "ge": np.greater_equal,
    "lt": np.less,
    "le": np.less_equal,
}


def _define_operators() -> None:
    def forward(function: Any) -> Any:
        return lambda self, other: _operate(function, self, other)

    def reflected(function: Any) -> Any:
        return lambda self, other: _operate(function, other, self)

    for name, function in _OPERATORS.items():
        setattr(KerasTensor, f"__{name}__", forward(function))
        setattr(KerasTensor, f"__r{name}__", reflected(function))
    for name, function in _COMPARISONS.items():  # Python reflects these itself
        setattr(KerasTensor, f"__{name}__", forward(function))


_define_operators()


def _operate(function: Any, *args: Any, **kwargs: Any) -> Any:
    assert operation is not None
    return operation(function, *args, **kwargs)


Function = TypeVar("Function", bound=Callable[..., Any])


def takes_places(function: Function) -> Function:
    """Let a function of a Value or an array take a place too, or a list, as a decorator."""

    @wraps(function)
    def called(x: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(x, Value):
            return function(x, *args, **kwargs)
        if isinstance(x, KerasTensor):
            return _operate(called, x, *args, **kwargs)
        if isinstance(x, (list, tuple, int, float)):
            x = _as_array(x)
        return function(x, *args, **kwargs)

    return called  # type: ignore[return-value]


def _as_array(numbers: Any) -> np.ndarray[Any, Any]:
    array = np.asarray(numbers)
    return array.astype(floatx()) if array.dtype.kind == "f" else array


class Node:
    """One call of a layer on places: what it was called with, and what came out.

    Attributes:
        layer: what was called.
        arguments: (args, kwargs), nested, with `KerasTensor`s where data will be.
        inputs: the `KerasTensor`s among the arguments.
        outputs: nested, of `KerasTensor`s.
    """

    def __init__(self, layer: Layer, args: tuple[Any, ...], kwargs: Any, outputs: Any) -> None:
        self.layer = layer
        self.arguments = args, kwargs
        self.inputs: list[KerasTensor] = [
            leaf for leaf in trees.leaves(self.arguments) if isinstance(leaf, KerasTensor)
        ]
        self.outputs = outputs
        self.serial = next(_serial)
        for index, output in enumerate(trees.leaves(outputs)):
            output.node = self
            output.index = index

    @property
    def index(self) -> int:
        """Which call of its layer it is."""
        return self.layer.nodes.index(self)


def is_symbolic(*arguments: Any) -> bool:
    """Return whether a `KerasTensor` is among nested arguments."""
    return any(isinstance(leaf, KerasTensor) for leaf in trees.leaves(arguments))


def has_masks(*arguments: Any) -> bool:
    """Return whether there is a `KerasTensor` among nested arguments whose data carry a mask."""
    leaves = trees.leaves(arguments)
    return any(isinstance(leaf, KerasTensor) and leaf._keras_mask is not None for leaf in leaves)


def is_keras_tensor(x: Any) -> bool:
    """Return whether something is a place in a model.

    >>> is_keras_tensor(KerasTensor((None, 2))), is_keras_tensor(np.zeros(2))
    (True, False)
    """
    return isinstance(x, KerasTensor)


def is_shape(item: Any) -> bool:
    """Return whether something is one shape, not a nest of several.

    >>> is_shape((None, 2)), is_shape([(None, 2), (None, 3)])
    (True, False)
    """
    return isinstance(item, (list, tuple)) and all(
        length is None or isinstance(length, (int, np.integer)) for length in item
    )


def shapes_of(inputs: Any) -> Any:
    """Return the shapes of nested Values, arrays or places.

    The number of samples is None, unless a place says it.
    """

    def shape_of(item: Any) -> Shape:
        if isinstance(item, KerasTensor):
            return item.shape
        shape = np.shape(item) if np.isscalar(item) else item.shape
        return (None, *shape[1:]) if shape else ()

    return trees.transform(shape_of, inputs)


def places(shapes: Any, dtype: Any, name: str) -> Any:
    """Return places for a shape, or for a nest of shapes."""
    if is_shape(shapes):
        return KerasTensor(shapes, dtype, name)
    if isinstance(shapes, dict):
        return {key: places(shape, dtype, name) for key, shape in shapes.items()}
    return [places(shape, dtype, name) for shape in shapes]


# Two trial runs: a length that follows a filling is unknown, one that does not is known.
_FILLINGS = ((2, 61), (3, 67))


def trial(function: Callable[[Any], Any], inputs: Any) -> Any:
    """Return places for the outputs of a function of places, by computing with zeros.

    >>> trial(lambda x: x.reshape(-1, 2, 2), KerasTensor((None, 4))).shape
    (None, 2, 2)
    """
    with no_grad(), np.errstate(all="ignore"):
        runs = [function(_zeros(inputs, filling)) for filling in _FILLINGS]
    others = iter(trees.leaves(runs[1]))
    return trees.transform(lambda output: _place(output, next(others)), runs[0])


def _zeros(inputs: Any, filling: tuple[int, int]) -> Any:
    """Return nested places with zeros for places."""
    lengths = {
        id(leaf): _filled(leaf.shape, filling)
        for leaf in trees.leaves(inputs)
        if isinstance(leaf, KerasTensor)
    }
    sizes = [math.prod(lengths.get(id(leaf), ())) for leaf in trees.leaves(inputs)]
    check_array([sum(sizes)])

    def zeros(leaf: Any) -> Any:
        if not isinstance(leaf, KerasTensor):
            return leaf
        value = Value(np.zeros(lengths[id(leaf)], leaf.dtype), requires_grad=False)
        if leaf._keras_mask is not None:
            masking.set_mask(value, np.ones(value.shape[: leaf._keras_mask.ndim], bool))
        return value

    return trees.transform(zeros, inputs)


def _filled(shape: Shape, filling: tuple[int, int]) -> list[int]:
    samples, length = filling
    lengths = [length if known is None else known for known in shape]
    if shape and shape[0] is None:
        lengths[0] = samples
    return lengths


def _place(output: Any, other: Any) -> KerasTensor:
    lengths: Sequence[int | None] = [
        a if a == b else None for a, b in zip(output.shape, other.shape, strict=True)
    ]
    place = KerasTensor(tuple(lengths), output.dtype)
    if (mask := masking.get_mask(output)) is not None:
        place._keras_mask = KerasTensor(place.shape[: np.ndim(mask)], bool, "mask")
    return place
