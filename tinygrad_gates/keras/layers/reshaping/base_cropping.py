"""What cropping of sequences and of images shares."""

from __future__ import annotations

from typing import Any, Unpack

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.reshaping.edges import Edges


class BaseCropping(Edges):
    """Cuts the edges of samples off, along as many axes as `rank` says."""

    def __init__(
        self, cropping: Any, data_format: str | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        self._set_edges("cropping", cropping, data_format)

    def call(self, inputs: Value) -> Any:
        """Return what is inside."""
        self.compute_output_shape(inputs.shape)
        both = zip(inputs.shape, self._all_widths(), strict=True)
        return inputs[tuple(slice(before, length - after) for length, (before, after) in both)]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shorter shape; raises `ShapeError` if nothing would be left."""
        both = [*zip(input_shape, self._all_widths(), strict=True)]
        if any(length is not None and sum(width) >= length > 0 for length, width in both):
            raise ShapeError(
                f"{self.name}: cropping={self.widths} leaves nothing of an input of {input_shape}."
            )
        return tuple(None if length is None else length - sum(width) for length, width in both)
