"""Making a layer's weights: for which shapes, and all of them or none."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers import context
from tinygrad_gates.keras.symbolic import KerasTensor, is_shape, shapes_of

if TYPE_CHECKING:
    from tinygrad_gates.keras.layers.layer import Layer


def noting_shape(build: Callable[..., None]) -> Callable[..., None]:
    """Let a layer know that it is built, and for which shape, whoever calls `build`."""

    @wraps(build)
    def noting(self: Layer, input_shape: Any = None, *args: Any, **kwargs: Any) -> None:
        shape = as_shapes(input_shape)
        before, count = dict(vars(self)), len(self._weights)
        self._building += 1
        try:
            with context.building(self):
                build(self, shape, *args, **kwargs)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            del self._weights[count:]
            raise
        self._building -= 1
        self._build_shape = shape
        self.built = True

    return noting


def as_shapes(shape: Any) -> Any:
    """Return a shape, or a nest of shapes, with each shape as a tuple."""
    if shape is None or is_shape(shape):
        return None if shape is None else tuple(shape)
    if isinstance(shape, dict):
        return {name: as_shapes(item) for name, item in shape.items()}
    return [as_shapes(item) for item in shape]


def shapes_for_build(layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Return what to call `build` with, for a call of the layer.

    The first is the shape of the input. More that `build` takes are those of the arguments of
    `call` whose names they have, with `_shape` appended.

    Raises `ValueError` if there is no such argument.
    """
    named = _arguments_of_call(layer, args, kwargs)
    shapes = {f"{name}_shape": shapes_of(item) for name, item in named.items() if _is_data(item)}
    first = args[0] if args else next(iter(kwargs.values()), None)
    own = list(inspect.signature(type(layer).build).parameters.values())[1:]
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in own):
        return list(shapes.values())
    names = [p.name for p in own if p.kind is not p.VAR_KEYWORD]
    if len(names) < 2:
        return [shapes_of(first)]
    return [_shape_named(layer, name, shapes, named, at) for at, name in enumerate(names)]


def _arguments_of_call(
    layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    known = list(inspect.signature(type(layer).call).parameters.values())[1:]
    names = [p.name for p in known if p.kind is not p.VAR_KEYWORD]
    names += [f"input_{index}" for index in range(len(names), len(args))]
    return {**dict.fromkeys(names), **dict(zip(names, args, strict=False)), **kwargs}


def _shape_named(
    layer: Layer, name: str, shapes: dict[str, Any], named: dict[str, Any], at: int
) -> Any:
    if name in shapes or name.removesuffix("_shape") in named:
        return shapes.get(name)
    if at == 0:
        return next(iter(shapes.values()), None)
    raise ValueError(
        f"{layer.name}: build takes {name!r}, and call has no argument of that name without "
        f"'_shape'. It has {', '.join(named)}."
    )


def _is_data(argument: Any) -> bool:
    return any(isinstance(leaf, (Value, KerasTensor)) for leaf in trees.leaves(argument))
