"""Normalising each sample by its root mean square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.arguments import real
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.normalization.moments import given_axis, known_lengths
from tinygrad_gates.keras.layers.options import LayerOptions


class RMSNormalization(Layer):
    """Brings each sample to a mean square of 1, then scales it (Zhang and Sennrich, 2019).

    Args:
        axis: the axis, or axes, over which the mean is taken.
        epsilon: added to the mean square.
        **options: as for every `Layer`.

    Raises:
        TypeError: for an axis that is no integer.
        ShapeError: on building, for an axis that is missing, or of unknown length.

    >>> RMSNormalization()([[1.0, 7.0]]).numpy().round(1)
    array([[0.2, 1.4]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((4, 3)),
        example((2, 3, 4), axis=[1, 2], epsilon=0.1),
    )

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-6,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.axis: Any = given_axis("RMSNormalization", axis)
        self.epsilon = real("RMSNormalization", "epsilon", epsilon, 0)

    def build(self, input_shape: Shape) -> None:
        """Make the scale, whose axes are in the order of `axis`, which is sorted."""
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        shape = known_lengths(self.name, input_shape, self.axis)
        self.scale = self.add_weight(shape, "ones", name="scale")

    def call(self, inputs: Any) -> Any:
        """Return the normalised samples."""
        axes = tuple(axis % inputs.ndim for axis in self.axis)
        squares = np.mean(np.square(inputs), axis=axes, keepdims=True)
        shape = tuple(n if axis in axes else 1 for axis, n in enumerate(inputs.shape))
        return inputs / np.sqrt(squares + self.epsilon) * self.scale.reshape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the same shape."""
        return input_shape
