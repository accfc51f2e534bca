"""Several cells on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from tinygrad_gates import trees
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.rnn.cell import initial_state, output_size
from tinygrad_gates.keras.layers.serialization import as_layer


class StackedRNNCells(Layer):
    """Makes one cell of several: each gets the output of the one before.

    Args:
        cells: a list of cells.
        **options: as for every `Layer`.

    Raises:
        ValueError: for what is no cell.
    """

    def __init__(self, cells: Sequence[Any], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.cells = [as_layer(cell) for cell in cells]
        for cell in self.cells:
            if not hasattr(cell, "state_size"):
                raise ValueError(f"StackedRNNCells: {cell!r} has no state_size, so it is no cell.")

    @property
    def state_size(self) -> list[Any]:
        """What each cell says of the lengths of its states."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The length of the last cell's output."""
        return output_size(self.cells[-1])

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states before the first step, cell by cell."""
        return [initial_state(cell, batch_size, self.dtype) for cell in self.cells]

    def build(self, input_shape: Shape) -> None:
        """Build the cells, one after the other."""
        for cell in self.cells:
            if not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], output_size(cell))

    def call(
        self, inputs: Any, states: Sequence[Any], training: bool | None = False
    ) -> tuple[Any, list[Any]]:
        """Return the last cell's output, and the new states, cell by cell as they were given."""
        new: list[Any] = []
        for cell, given in zip(self.cells, states, strict=True):
            several = isinstance(given, (list, tuple))
            options = {"training": training} if cell.takes_training else {}
            inputs, changed = cell.call(inputs, list(given) if several else [given], **options)
            new.append(changed if several else trees.leaves(changed)[0])
        return inputs, new
