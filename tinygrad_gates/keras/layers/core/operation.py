"""A NumPy function as a part of a model: what operators on places make."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core import dispatch
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import activations, symbolic
from tinygrad_gates.keras.allowance import check_array
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.utils.naming import unique_name

Function = Callable[..., Any]

# By the names that Keras gives the classes of its operations.
FUNCTIONS: dict[str, Function] = {
    **{function.__name__.title().replace("_", ""): function for function in (
        np.add, np.subtract, np.multiply, np.power, np.matmul, np.negative, np.absolute, np.exp,
        np.log, np.log1p, np.expm1, np.sqrt, np.square, np.tanh, np.sin, np.cos, np.maximum,
        np.minimum, np.sum, np.mean, np.max, np.min, np.var, np.std, np.concatenate, np.stack,
        np.reshape, np.transpose, np.squeeze, np.expand_dims, np.clip, np.where, np.einsum,
        np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
        np.logical_and, np.logical_or, np.logical_not, np.floor_divide, np.floor, np.ceil,
        np.sign, np.arctan, np.median, np.sort, np.flip, np.prod,
    )},
    "Cast": symbolic._astype,
    "Mod": np.mod,
    "Divide": np.true_divide,
    "TrueDivide": np.true_divide,
    "GetItem": symbolic._getitem,
}  # fmt: skip
NEURAL: dict[str, Function] = {
    entry.__name__.title().replace("_", ""): entry for entry in activations.registry
}
_NAMES = {entry: name for table in (NEURAL, FUNCTIONS) for name, entry in table.items()}

RENAMED = {"Reshape": {"newshape": "shape"}, "Clip": {"x_min": "a_min", "x_max": "a_max"}}
"""What NumPy calls what Keras's class for an operation is told."""

OTHER_DEFAULTS = {"Gelu": {"approximate": False}}
"""Where the function of this name has another default than Keras's class for the operation."""


class Operation(Layer):
    """Calls a NumPy function on its inputs, as Keras's operations on symbolic tensors do.

    Args:
        function: the function, or the name of Keras's class for it.
        name: unique in a model.
        **options: passed on to the function.

    Raises:
        ValueError: for an unknown name.

    >>> Operation("Add")(np.array([1.0, 2.0]), 3.0)
    Value(data=[4., 5.])
    """

    supports_masking = True
    examples: ClassVar = (example((4, 2), function="Tanh"),)

    def __init__(self, function: str | Function, name: str | None = None, **options: Any) -> None:
        if isinstance(function, str):
            known = {**NEURAL, **FUNCTIONS}
            if function not in known:
                names = ", ".join(sorted(known))
                raise ValueError(f"Unknown operation: {function!r}. Known are: {names}.")
            options = _numpy_s_options(function, options)
            function = known[function]
        plain = getattr(function, "__name__", "operation").strip("_").replace("getitem", "get_item")
        super().__init__(name=name or unique_name(plain), autocast=False)
        self.function = function
        self.options = options

    def _converted(self, argument: Any, index: int) -> Any:
        # The function knows what to do with numbers, lists and slices.
        return constant(argument) if isinstance(argument, np.ndarray) else argument

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns."""
        check_array(_result(self.function, (*args, *kwargs.values())))
        return _own(self.function)(*args, **self.options, **kwargs)

    @property
    def kind(self) -> str:
        """Keras's name for the function's class, or the function's own."""
        return _NAMES.get(self.function) or self.function.__name__

    def get_config(self) -> dict[str, Any]:
        """Return the name of the function's class, and the options.

        Raises `ValueError` for a function that Keras has no class for.
        """
        if self.function not in _NAMES:
            raise ValueError(
                f"{self.name}: {self.function!r} cannot be written to a file. Use a layer for it."
            )
        spelt_out = OTHER_DEFAULTS.get(self.kind, {})
        keras_s = {numpy_s: name for name, numpy_s in RENAMED.get(self.kind, {}).items()}
        options = {keras_s.get(name, name): given for name, given in self.options.items()}
        return {"function": self.kind, "name": self.name, **spelt_out, **options}

    def serialized(self) -> dict[str, Any]:
        """Return what Keras writes of its operation."""
        config = self.get_config()
        module = "core" if self.kind == "Cast" else "numpy" if self.kind in FUNCTIONS else "nn"
        return {
            "module": f"keras.src.ops.{module}",
            "class_name": config.pop("function"),
            "config": config,
            "registered_name": self.kind,
        }

    def get_build_config(self) -> None:
        """Return nothing: there is nothing to build."""


def _result(function: Function, args: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the shape of what several operands combine to; () where that cannot be large."""
    shapes = [np.shape(item) for item in args if isinstance(item, (Value, np.ndarray))]
    if function is np.einsum:
        inputs, _, output = str(args[0]).replace(" ", "").partition("->")
        lengths = dict(zip(inputs.replace(",", ""), chain(*shapes), strict=False))
        return tuple(lengths.get(label, 1) for label in output or lengths)
    if function is np.matmul and all(len(shape) > 1 for shape in shapes):
        one, other = shapes
        return (*np.broadcast_shapes(one[:-2], other[:-2]), one[-2], other[-1])
    if function is symbolic._getitem:
        return (math.prod(shapes[0]), *map(np.size, _arrays_in(args[1])))  # at most
    broadcasts = isinstance(function, np.ufunc) or function in (np.where, np.clip)
    return np.broadcast_shapes(*shapes) if broadcasts else ()


def _arrays_in(index: Any) -> list[Any]:
    return [leaf for leaf in trees.leaves(index) if isinstance(leaf, np.ndarray)]


def _numpy_s_options(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return what Keras's class is told by NumPy's names; what is not told there is left out."""
    renamed = RENAMED.get(kind, {})
    left_out = {"initial"} if options.get("initial") is None else set()
    return {
        renamed.get(name, name): given for name, given in options.items() if name not in left_out
    }


def _operate(function: Function, *args: Any, **kwargs: Any) -> Any:
    args, kwargs = _options_by_name(function, args, kwargs)
    options = {name: item for name, item in kwargs.items() if not symbolic.is_symbolic(item)}
    operands = {name: item for name, item in kwargs.items() if name not in options}
    return Operation(function, **options)(*args, **operands)


def _own(function: Function) -> Function:
    """Return what answers for a function of NumPy's: its parameters are those of every version."""
    return dispatch.FUNCTIONS.get(function, (function,))[0]


_OPTIONS = ("axis", "axes", "shape", "a_min")


def _options_by_name(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return arguments with options by name, such as the axis, where they are so in Keras."""
    if len(args) < 2 or isinstance(function, np.ufunc):
        return args, kwargs
    names = list(inspect.signature(_own(function)).parameters)
    if names[1] not in _OPTIONS or symbolic.is_symbolic(args[1:]):
        return args, kwargs
    return args[:1], {**dict(zip(names[1:], args[1:], strict=False)), **kwargs}


symbolic.operation = _operate
