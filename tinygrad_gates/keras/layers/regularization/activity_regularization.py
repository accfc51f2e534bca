"""A penalty of what passes."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.options import CommonOptions
from tinygrad_gates.keras.regularizers import L1L2


class ActivityRegularization(Elementwise):
    """Returns its input, and adds a penalty of it to the loss.

    Args:
        l1: the factor of absolute values.
        l2: the factor of squares.
        **options: as for every `Layer`.

    >>> layer = ActivityRegularization(l2=0.5)
    >>> output = layer([[1.0, 2.0]])
    >>> [loss.item() for loss in layer.losses]
    [2.5]
    """

    unsaved = (*Elementwise.unsaved, "activity_regularizer")
    examples: ClassVar = (example((4, 3), l1=0.1, l2=0.2),)

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Unpack[CommonOptions]) -> None:
        super().__init__(activity_regularizer=L1L2(l1, l2), **options)
        self.l1 = l1
        self.l2 = l2

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        common = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype.name}
        return {**common, "l1": self.l1, "l2": self.l2}

    def call(self, inputs: Any) -> Any:
        """Return the input."""
        return inputs
