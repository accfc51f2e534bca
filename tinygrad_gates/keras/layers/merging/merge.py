"""What merging layers share."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.masking import as_mask, get_mask, spread


class Merge(Layer):
    """Makes one output of several inputs, element by element.

    Samples have to have equal shapes, or shapes that broadcast. An output with a mask counts where
    one of the inputs does; it has a mask if all of them have one.
    """

    supports_masking = True
    exactly: ClassVar[int | None] = None
    """How many inputs there have to be; None for any number from 1 up."""
    elementwise: ClassVar[bool] = True
    """Whether inputs with fewer axes get as many as the others have."""

    def call(self, inputs: Any) -> Any:
        """Return the merged inputs."""
        self._check_inputs([value.shape for value in inputs])
        return self.merged(_aligned(inputs) if self.elementwise else list(inputs))

    def merged(self, inputs: list[Any]) -> Value:
        """Return the merged inputs, of which there are enough."""
        raise NotImplementedError

    def build(self, input_shape: Any) -> None:
        """Check the shapes; there is nothing to make."""
        self._check_inputs(input_shape)
        samples = {shape[0] for shape in input_shape if shape} - {None}
        if len(samples) > 1:
            raise ShapeError(
                f"{self.name}: inputs of different batch sizes cannot be merged: "
                f"{', '.join(map(str, input_shape))}."
            )
        self.compute_output_shape(input_shape)

    def _check_inputs(self, shapes: Any) -> None:
        kind = type(self).__name__
        if not isinstance(shapes, list) or not shapes:
            raise ValueError(
                f"{self.name}: a {kind} layer should be called on a list of inputs, and was "
                f"called on one of shape {shapes}."
            )
        if self.exactly is not None and len(shapes) != self.exactly:
            raise ValueError(
                f"{self.name}: a {kind} layer should be called on exactly {self.exactly} inputs, "
                f"not {len(shapes)}."
            )

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        """Return the shape to which all inputs broadcast, sample by sample.

        Raises `ShapeError` if they do not.
        """
        samples = {shape[0] for shape in input_shape} - {None}
        try:
            sample = reduce(_broadcast, (shape[1:] for shape in input_shape))
        except ValueError:
            raise ShapeError(
                f"{self.name}: inputs of incompatible shapes, "
                f"{', '.join(map(str, input_shape))}, cannot be merged element by element."
            ) from None
        return (samples.pop() if len(samples) == 1 else None, *sample)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where one of the inputs counts, if all have a mask."""
        masks = self._masks(inputs, mask)
        if masks is None or any(item is None for item in masks):
            return None
        either: Any = reduce(np.logical_or, map(as_mask, masks))
        return either

    def _masks(self, inputs: Any, mask: Any) -> list[Any] | None:
        """Return one mask, or None, for each input; raises `ValueError` for anything else."""
        if mask is None:
            return None
        for name, given in (("mask", mask), ("inputs", inputs)):
            if not isinstance(given, (list, tuple)):
                raise ValueError(
                    f"{self.name}.compute_mask: `{name}` should be a list. Received: {given!r}"
                )
        if len(mask) != len(inputs):
            raise ValueError(
                f"{self.name}.compute_mask: inputs and mask should have the same length, not "
                f"{len(inputs)} and {len(mask)}."
            )
        return list(mask)


def _aligned(inputs: Any) -> list[Any]:
    """Return inputs with as many axes each; what is missing is put in after the samples."""
    most = max(value.ndim for value in inputs)
    return [
        value
        if value.ndim == most
        else np.expand_dims(value, tuple(range(1, 1 + most - value.ndim)))
        for value in inputs
    ]


def counted(value: Any) -> Any:
    """Return where a Value counts, in its shape; None if it has no mask."""
    mask = get_mask(value)
    return None if mask is None else spread(mask, value.shape)


def merged_where_counted(function: Callable[..., Any], inputs: list[Any]) -> Any:
    """Return what a function makes of pairs, in which what does not count is the other one."""
    merged, counts = inputs[0], counted(inputs[0])
    for value in inputs[1:]:
        own = counted(value)
        other = value if own is None else np.where(own, value, merged)
        merged = function(merged if counts is None else np.where(counts, merged, other), other)
        counts = None if counts is None or own is None else counts | own
    return merged


def _broadcast(one: Shape, other: Shape) -> Shape:
    length = max(len(one), len(other))
    padded = ((1,) * (length - len(shape)) + tuple(shape) for shape in (one, other))
    return tuple(_length(a, b) for a, b in zip(*padded, strict=True))


def _length(a: int | None, b: int | None) -> int | None:
    if None in (a, b):
        return None
    if a == b or b == 1:
        return a
    if a == 1:
        return b
    raise ValueError


PAIR = (example((4, 3), (4, 3)), example((2, 3, 2), (2, 1, 2)))
TRIPLE = (*PAIR, example((4, 3), (4, 3), (4, 3)))
