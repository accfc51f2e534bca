"""What normalising layers share: a scale, a shift, and means and variances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import constraints, initializers, regularizers
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.options import LayerOptions


class ScaleAndShift(Elementwise):
    """A layer that ends with gamma * x + beta, both learned."""

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.axis: Any = given_axis(kind, axis)
        self.epsilon = real(kind, "epsilon", epsilon, 0)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma: Any = None
        self.beta: Any = None

    def _add_scale_and_shift(self, shape: tuple[int, ...], scale: bool, shift: bool) -> None:
        if scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                name="gamma",
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if shift:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                name="beta",
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )

    def _scaled_and_shifted(self, normal: Any, shape: tuple[int, ...]) -> Any:
        """Return gamma * x + beta, each given a shape to broadcast from."""
        if self.gamma is not None:
            normal = normal * self.gamma.reshape(shape)
        if self.beta is not None:
            normal = normal + self.beta.reshape(shape)
        return normal


def given_axis(kind: str, axis: Any) -> Any:
    """Return an axis, or a list of axes; raises `TypeError` for what are no integers."""
    several = isinstance(axis, (list, tuple))
    if not all(type(item) is int for item in (axis if several else [axis])):
        raise TypeError(f"{kind}: axis={axis!r} has to be an integer, or a list of some.")
    return list(axis) if several else axis


def check_axes(layer: str, input_shape: Shape, axes: Sequence[int]) -> None:
    """Raise `ShapeError` if an input has no such axes."""
    for axis in axes:
        if not -len(input_shape) <= axis < len(input_shape):
            raise ShapeError(
                f"{layer}: axis {axis} is out of bounds for an input of {input_shape}."
            )


def known_lengths(layer: str, input_shape: Shape, axes: Sequence[int]) -> tuple[int, ...]:
    """Return the lengths of axes; raises `ShapeError` if there is no such axis, or no length."""
    check_axes(layer, input_shape, axes)
    lengths = []
    for axis in axes:
        length = input_shape[axis]
        if length is None:
            raise ShapeError(
                f"{layer}: axis {axis} of the input needs a known length, and the input shape is "
                f"{input_shape}."
            )
        lengths.append(length)
    return tuple(lengths)
