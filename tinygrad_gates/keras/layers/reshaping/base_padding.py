"""What padding of sequences and of images shares."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.reshaping.edges import Edges


class BasePadding(Edges):
    """Puts zeros around samples, along as many axes as `rank` says."""

    def __init__(
        self, padding: Any, data_format: str | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        self._set_edges("padding", padding, data_format)

    def call(self, inputs: Value) -> Any:
        """Return the input with zeros around it."""
        return np.pad(inputs, self._all_widths())

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the longer shape."""
        both = zip(input_shape, self._all_widths(), strict=True)
        return tuple(None if length is None else length + sum(width) for length, width in both)
