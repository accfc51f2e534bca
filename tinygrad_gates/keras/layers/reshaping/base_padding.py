"""What padding of sequences and of images shares."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.arguments import channels_last, several
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions


class BasePadding(Layer):
    """Puts zeros around samples, along as many axes as `rank` says."""

    rank: ClassVar[int]

    def __init__(
        self, padding: Any, data_format: str | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        sides = [padding] * self.rank if isinstance(padding, int) else list(padding)
        if len(sides) != self.rank:
            raise ValueError(f"{kind}: padding={padding!r} has to be one number, or {self.rank}.")
        self.widths = tuple(several(kind, "padding", side, 2, least=0) for side in sides)
        self.channels_last = channels_last(kind, data_format)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _all_widths(self) -> tuple[tuple[int, ...], ...]:
        none = (0, 0)
        if self.channels_last:
            return (none, *self.widths, none)
        return (none, none, *self.widths)

    def call(self, inputs: Value) -> Any:
        """Return the input with zeros around it."""
        return np.pad(inputs, self._all_widths())

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the longer shape."""
        both = zip(input_shape, self._all_widths(), strict=True)
        return tuple(None if length is None else length + sum(width) for length, width in both)
