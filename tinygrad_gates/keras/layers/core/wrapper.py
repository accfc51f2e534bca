"""Layers around another layer."""

from __future__ import annotations

from typing import Any, Unpack

from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.serialization import as_layer


class Wrapper(Layer):
    """Holds another layer, which it builds and saves; a subclass says how it is called.

    Args:
        layer: the other layer.
        **options: as for every `Layer`.

    Raises:
        ValueError: for what is no layer.

    >>> from tinygrad_gates.keras.layers import Dense
    >>> class Twice(Wrapper):
    ...     def call(self, inputs):
    ...         return self.layer(self.layer(inputs))
    >>> Twice(Dense(2))([[1.0, 2.0]]).shape
    (1, 2)
    """

    def __init__(self, layer: Any, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        layer = as_layer(layer)
        if not isinstance(layer, Layer):
            raise ValueError(f"{type(self).__name__}: layer={layer!r} has to be a layer.")
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the other layer."""
        if not self.layer.built:
            self.layer.build(input_shape)
