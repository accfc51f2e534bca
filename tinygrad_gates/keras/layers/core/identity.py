"""The layer that does nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise


class Identity(Elementwise):
    """Returns its input.

    >>> Identity()([[1.0, 2.0]])
    Value(data=[[1., 2.]])
    """

    examples: ClassVar = (example((4, 2)),)

    def call(self, inputs: Any) -> Any:
        """Return the input."""
        return inputs
