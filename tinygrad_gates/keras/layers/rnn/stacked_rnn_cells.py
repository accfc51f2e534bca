"""Several cells on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
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
    def state_size(self) -> list[int]:
        """The lengths of the states of all cells."""
        return [size for cell in self.cells for size in _sizes(cell)]

    @property
    def output_size(self) -> int:
        """The length of the last cell's output."""
        last = self.cells[-1]
        size: int = getattr(last, "output_size", None) or _sizes(last)[0]
        return size

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states of all cells before the first step."""
        return [
            state for cell in self.cells for state in cell.get_initial_state(batch_size=batch_size)
        ]

    def build(self, input_shape: Shape) -> None:
        """Build the cells, one after the other."""
        for cell in self.cells:
            if not cell.built:
                cell.build(input_shape)
            size = getattr(cell, "output_size", None) or _sizes(cell)[0]
            input_shape = (input_shape[0], size)

    def call(
        self, inputs: Any, states: Sequence[Any], training: bool | None = False
    ) -> tuple[Any, list[Any]]:
        """Return the last cell's output, and the new states of all."""
        waiting = list(states)
        new: list[Any] = []
        for cell in self.cells:
            count = len(_sizes(cell))
            own, waiting = waiting[:count], waiting[count:]
            options = {"training": training} if cell.takes_training else {}
            inputs, changed = cell.call(inputs, own, **options)
            new += changed if isinstance(changed, (list, tuple)) else [changed]
        return inputs, new


def _sizes(cell: Any) -> list[int]:
    size = cell.state_size
    return [size] if isinstance(size, int) else list(size)
