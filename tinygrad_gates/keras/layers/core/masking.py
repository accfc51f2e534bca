"""Marking the steps of a sequence that do not count."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.tensors import as_array


class Masking(Elementwise):
    """Masks the steps of which all features equal a number, and puts 0 in their place.

    Args:
        mask_value: the number.
        **options: as for every `Layer`.

    >>> Masking()([[[1.0], [0.0]]])
    Value(data=[[[1.],
                 [0.]]])
    """

    examples: ClassVar = (example((2, 3, 2)), example((2, 3, 2), mask_value=0.5))

    def __init__(self, mask_value: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.mask_value = mask_value

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where some feature differs from the number."""
        return (as_array(inputs, self.name) != self.mask_value).any(axis=-1)

    def call(self, inputs: Value) -> Any:
        """Return the input, 0 at masked steps."""
        counts = (inputs._data != self.mask_value).any(axis=-1, keepdims=True)
        return np.where(counts, inputs, 0)
