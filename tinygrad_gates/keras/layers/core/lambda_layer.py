"""A function of one's own as a layer."""

from __future__ import annotations

import base64
import inspect
import json
import marshal
from collections.abc import Callable
from typing import Any, ClassVar, Self, Unpack

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.custom_objects import (
    custom_object_scope,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.registry import restored, serialize
from tinygrad_gates.keras.symbolic import is_shape

Function = Callable[..., Any]


@register_keras_serializable("tinygrad_gates")
def double(x: Any) -> Any:
    """Return twice x: an example of a function that files can mean by its name."""
    return x * 2


@register_keras_serializable("tinygrad_gates")
def same_shape(shape: Any) -> Any:
    """Return the shape of `double` of an input."""
    return shape


class Lambda(Layer):
    """Calls a function.

    A configuration means a function by its name: a model with a Lambda can be loaded if the
    function is registered, or given under `custom_objects`. Of a Python lambda, which has no name,
    it holds the code, as Keras's does; code in a file is never run here.

    Args:
        function: of the input; it may take `mask` and `training`.
        output_shape: the shape of a sample's output (nested, for several outputs), or a function
            of the input's shape; found out with zeros by default.
        mask: the output's mask, or a function of the input and its mask.
        arguments: further arguments of the function, by name.
        **options: as for every `Layer`.

    Raises:
        TypeError: for what is no function.
        ValueError: for the name of a function that is not known.

    >>> Lambda(lambda x: x**2)([[3.0]])
    Value(data=[[9.]])
    """

    examples: ClassVar = (
        example((4, 2), function=double),
        example((4, 2), function="tinygrad_gates>double", output_shape=(2,)),
        example((4, 2), function=double, output_shape=same_shape),
    )

    def __init__(
        self,
        function: Function | str,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.function = _found(function) if isinstance(function, str) else function
        if not callable(self.function):
            raise TypeError(f"Lambda: function={function!r} has to be a function of the input.")
        self._output_shape = output_shape
        self.mask = mask
        self.arguments = arguments or {}
        self.supports_masking = mask is not None
        taken = _parameters(self.function)
        self._passed = [name for name in ("mask", "training") if name in taken]

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Return what the function returns."""
        known = {"mask": mask, "training": training}
        options = {name: known[name] for name in self._passed}
        return self.function(inputs, **self.arguments, **options)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return what `mask` is, or what it returns."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return what `output_shape` says, or the shape that zeros lead to."""
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        first = input_shape if is_shape(input_shape) else input_shape[0]
        return _with_samples(first[0], self._output_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the function's name or code, and the other arguments.

        Raises `ValueError` for a lambda that uses what is no plain data of what is around it.
        """
        options = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype.name}
        given = {"output_shape": self._output_shape, "mask": self.mask}
        return {
            **options,
            "function": self._plain(self.function),
            **{name: self._plain(item) for name, item in given.items() if item is not None},
            "arguments": serialize(self.arguments),
        }

    def _plain(self, item: Any) -> Any:
        """Return a function, a shape or a mask as plain data, as Keras writes it."""
        if not callable(item):
            return item if is_shape(item) else serialize(item)
        if getattr(item, "__name__", None) == "<lambda>":
            return Code(item, self.name)
        name = get_registered_name(item)
        kind = {"module": "builtins", "class_name": "function"}
        return {**kind, "config": name, "registered_name": "function"}

    @classmethod
    def from_config(
        cls,
        config: dict[str, Any],
        custom_objects: dict[str, Any] | None = None,
        safe_mode: bool | None = None,
    ) -> Self:
        """Make a layer from what `get_config` returned, here or in Keras.

        Args:
            config: the configuration.
            custom_objects: functions by name that only this call knows.
            safe_mode: False lets lambdas be taken from a configuration that a layer of this
                process returned; that of a file has their code alone, which is not run.

        Raises:
            ValueError: for the name of a function that is not known, and for code.
        """
        with custom_object_scope(custom_objects or {}):
            return super().from_config({
                name: {key: restored(part) for key, part in (item or {}).items()}
                if name == "arguments" else _revived(item, safe_mode)
                for name, item in config.items()
            })  # fmt: skip


class Code(dict[str, Any]):
    """The code of a lambda, as Keras writes it, and the lambda itself while there is one."""

    def __init__(self, function: Any, layer: str) -> None:
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        config = {
            "code": base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii"),
            "defaults": function.__defaults__,
            "closure": cells or None,
        }
        try:
            json.dumps(config)
        except TypeError:
            raise ValueError(
                f"{layer}: a lambda that uses other things than plain numbers and texts of what is "
                f"around it cannot be written down. Use a function with "
                f"register_keras_serializable, or a Layer."
            ) from None
        super().__init__(class_name="__lambda__", config=config)
        self.function = function


def _revived(item: Any, safe_mode: bool | None) -> Any:
    """Return a function, a shape or a mask from plain data; others as they are."""
    if isinstance(item, list) and is_shape(item):
        return tuple(item)
    kind = item.get("class_name") if isinstance(item, dict) else None
    if kind == "function":
        return _found(str(item.get("config")))
    if kind != "__lambda__":
        return restored(item)
    if isinstance(item, Code) and safe_mode is False:
        return item.function
    raise ValueError(
        "Lambda: the configuration has code in it, which is not run. Use a function with "
        "register_keras_serializable, or a Layer."
    )


def _found(name: str) -> Any:
    """Return a function by its name: a registered one, or an activation."""
    found = get_registered_object(name)
    if found is None and name in activations.registry:
        found = activations.get(name)
    if found is None:
        raise ValueError(
            f"Lambda: the function {name!r} is not known. Register it with "
            f"register_keras_serializable, or give it under custom_objects."
        )
    return found


def _parameters(function: Function) -> Any:
    try:
        return inspect.signature(function).parameters
    except ValueError:  # some functions that are written in C do not tell
        return ()


def _with_samples(samples: int | None, shapes: Any) -> Any:
    if is_shape(shapes):
        return (samples, *shapes)
    if isinstance(shapes, dict):
        return {name: _with_samples(samples, shape) for name, shape in shapes.items()}
    return [_with_samples(samples, shape) for shape in shapes]
