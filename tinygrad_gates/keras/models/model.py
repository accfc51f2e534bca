"""`Model`: layers with a training loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.trainers.trainer import Trainer
from tinygrad_gates.keras.utils.summary import summary_text


class Model(Trainer):
    """A layer made of layers, which can be compiled and trained.

    A subclass makes its layers in `__init__` and computes with them in `call`.

    >>> from tinygrad_gates.keras.layers import Dense
    >>> class Gate(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.output_layer = Dense(1)
    ...     def call(self, inputs):
    ...         return self.output_layer(inputs)
    >>> Gate()([[0.0, 1.0]]).shape
    (1, 1)
    """

    @property
    def layers(self) -> list[Layer]:
        """The layers directly inside."""
        return self._sublayers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name, or by its place.

        Raises `ValueError` if there is none.
        """
        layers = self.layers
        if index is not None and -len(layers) <= index < len(layers):
            return layers[index]
        for layer in layers:
            if index is None and layer.name == name:
                return layer
        which = f"name {name!r}" if index is None else f"index {index}"
        known = ", ".join(layer.name for layer in layers) or "none"
        raise ValueError(f"{self.name} has no layer of {which}. Its layers are: {known}.")

    def summary(
        self, line_length: int | None = None, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        """Print a table of the layers, the shapes of their outputs, and their parameters.

        Args:
            line_length: the width of the table; as wide as the terminal, up to 88, by default.
            print_fn: takes the whole text instead of `print`; `list.append` keeps it.

        Raises:
            ValueError: if the line is too short for a table.
        """
        (print_fn or print)(summary_text(self, line_length))
