"""A function of one's own as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.custom_objects import (
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


@register_keras_serializable("tinygrad_gates")
def double(x: Any) -> Any:
    """Return twice x: an example of a function that files can mean by its name."""
    return x * 2


class Lambda(Layer):
    """Calls a function.

    Files hold the function's name alone, never its code: a model with a Lambda can be loaded if
    the function is registered, or given under `custom_objects`.

    Args:
        function: of the input; it may take `mask` and `training`.
        output_shape: the shape of a sample's output, or a function of the input's shape; found
            out with zeros by default.
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
    )

    def __init__(
        self,
        function: Callable[..., Any] | str | dict[str, Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.function = _function(function)
        self._output_shape = output_shape
        self.mask = mask
        self.arguments = arguments or {}
        self.supports_masking = mask is not None
        taken = inspect.signature(self.function).parameters if callable(self.function) else {}
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
        return (input_shape[0], *self._output_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the function's name, and the other arguments.

        Raises `ValueError` for a function that has no name to find it by.
        """
        name = get_registered_name(self.function)
        if name == "<lambda>":
            raise ValueError(
                f"{self.name}: a lambda has no name by which a file could mean it. Use a function "
                f"with register_keras_serializable, or a Layer."
            )
        options = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype.name}
        return {**options, "function": name, "arguments": self.arguments}


def _function(given: Any) -> Callable[..., Any]:
    if isinstance(given, dict):
        given = given.get("config")
    if isinstance(given, str):
        found = get_registered_object(given)
        if found is None:
            raise ValueError(
                f"Lambda: the function {given!r} is not known. Register it with "
                f"register_keras_serializable, or give it under custom_objects."
            )
        given = found
    if not callable(given):
        raise TypeError(f"Lambda: function={given!r} has to be a function of the input.")
    function: Callable[..., Any] = given
    return function
