"""One axis for all places of a sample."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import channels_last
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class Flatten(Layer):
    """Joins all axes but the first, that of the samples.

    Args:
        data_format: "channels_last" (the default); with "channels_first" the second axis is
            made the last before.
        **options: as for every `Layer`.

    >>> Flatten()(np.zeros((2, 3, 4))).shape
    (2, 12)
    """

    supports_masking = False
    examples: ClassVar = (
        example((2, 3, 4)),
        example((2,)),
        example((2, 3, 4, 2), data_format="channels_first"),
    )

    def __init__(self, data_format: str | None = None, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self._last = channels_last("Flatten", data_format)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Any:
        """Return the flat samples."""
        if not self._last and inputs.ndim > 2:
            inputs = np.moveaxis(inputs, 1, -1)
        shape = inputs.shape
        return inputs.reshape((shape[0], math.prod(shape[1:])))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return two axes, the second of which has all places."""
        rest = input_shape[1:]
        known = [length for length in rest if length is not None]
        return (input_shape[0], math.prod(known) if len(known) == len(rest) else None)
