"""What recurrent layers with a cell of their own share."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.layers.input_spec import InputSpec
from tinygrad_gates.keras.layers.rnn.rnn import RNN


class RecurrentLayer(RNN):
    """A recurrent layer whose cell is made of its arguments, which are the cell's attributes."""

    unsaved = (*RNN.unsaved, "cell")

    def __init__(self, cell: Any, *args: Any, **options: Any) -> None:
        super().__init__(cell, *args, **options)
        self.input_spec = InputSpec(ndim=3)

    def __getattr__(self, name: str) -> Any:
        cell = self.__dict__.get("cell")
        if cell is not None and name in type(cell).parameters():
            return getattr(cell, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
