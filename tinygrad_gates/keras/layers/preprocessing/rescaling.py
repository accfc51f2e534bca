"""Scaling and shifting by fixed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import LayerOptions


class Rescaling(Elementwise):
    """Returns scale * x + offset: 1/255 brings bytes to [0, 1].

    Args:
        scale: a number, or one for each channel.
        offset: a number, or one for each channel.
        **options: as for every `Layer`.

    >>> Rescaling(0.5, offset=-1.0)([[2.0, 4.0]]).numpy()
    array([[0., 1.]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((4, 3), scale=0.5, offset=-1.0),
        example((2, 3, 2), scale=[0.5, 2.0]),
    )

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.scale = scale
        self.offset = offset

    def call(self, inputs: Any) -> Any:
        """Return the scaled and shifted input."""
        return inputs * np.asarray(self.scale, self.dtype) + np.asarray(self.offset, self.dtype)
