"""The rectifier whose slopes are learned."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import constraints, initializers, regularizers
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.options import LayerOptions


class PReLU(Elementwise):
    """x where it is positive, else alpha * x, alpha learned (He et al., 2015).

    Args:
        alpha_initializer: fills the slopes.
        alpha_regularizer: a penalty of the slopes.
        alpha_constraint: what they are brought back to after each step.
        shared_axes: the axes along which slopes are shared, from 1.
        **options: as for every `Layer`.

    >>> PReLU(alpha_initializer="ones")([[-1.0, 2.0]])
    Value(data=[[-1.,  2.]], grad=0.0)
    """

    examples: ClassVar = (
        example((4, 2), alpha_initializer="ones"),
        example((4, 3, 2), alpha_initializer="ones", shared_axes=[1]),
    )

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        single = isinstance(shared_axes, int)
        self.shared_axes = (
            None if shared_axes is None else [shared_axes] if single else list(shared_axes)
        )

    def build(self, input_shape: Shape) -> None:
        """Make the slopes, one for each place of a sample that shares none."""
        lengths = list(input_shape[1:])
        for axis in self.shared_axes or ():
            if not 0 < axis <= len(lengths):
                raise ShapeError(f"{self.name}: {input_shape} has no axis {axis} to share.")
            lengths[axis - 1] = 1
        if None in lengths:
            raise ShapeError(f"{self.name}: {input_shape} has unknown lengths that are not shared.")
        shape = [length for length in lengths if length is not None]
        self.alpha = self.add_weight(
            shape,
            self.alpha_initializer,
            name="alpha",
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        fixed = {axis + 1: length for axis, length in enumerate(shape) if length != 1}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=fixed)

    def call(self, inputs: Any) -> Any:
        """Return the activated input."""
        return np.where(inputs > 0, inputs, self.alpha * inputs)
