"""`Sequential`: one layer after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.layers.core.input_layer import InputLayer, KerasTensor
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer, LayerOptions
from tinygrad_gates.keras.models.model import Model
from tinygrad_gates.keras.registry import serialize


class Sequential(Model):
    """A model that sends its input through its layers in order.

    If the first layer tells its input's shape (`input_shape=` or an `Input`), weights are made as
    soon as a layer is added; else at the first call, or by `build`.

    Args:
        layers: to add.
        **options: as for every `Layer`.

    >>> from tinygrad_gates.keras.layers import Dense
    >>> model = Sequential([Dense(32, input_shape=(2,), activation="relu"), Dense(1)])
    >>> model.count_params()
    129
    """

    def __init__(
        self,
        layers: Iterable[Layer | KerasTensor] | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self._input_layer: InputLayer | None = None
        self._layers: list[Layer] = []
        if isinstance(layers, (Layer, KerasTensor)):
            raise TypeError("Sequential: layers has to be a list, such as Sequential([Dense(1)]).")
        for layer in layers or ():
            self.add(layer)

    # -------------------------------------------------------------------- adding and removing

    def add(self, layer: Layer | KerasTensor) -> None:
        """Add a layer at the end, and make its weights if its input's shape is known.

        Raises:
            ValueError: if it is no layer, if another has its name, or if it is an `Input` and not
                the first.
            ShapeError: if it cannot take the output of the layer before.
        """
        if isinstance(layer, KerasTensor):
            layer = layer.layer
        if not isinstance(layer, Layer):
            hint = " Add an object, Dense(1), not the class." if isinstance(layer, type) else ""
            raise ValueError(
                f"{self.name}.add: {layer!r} of type {type(layer).__name__} is no layer.{hint}"
            )
        if isinstance(layer, InputLayer):
            self._begin(layer)
            return
        if any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f"{self.name}.add: there is a layer called {layer.name!r} already. Give this one "
                f"another name=, or make a new layer."
            )
        shape = self._known_shape(layer)
        if shape is not None:
            self._join(layer, shape)
        self._layers.append(layer)
        self._accepted = None

    def _begin(self, layer: InputLayer) -> None:
        if self._layers or self._input_layer is not None:
            raise ValueError(f"{self.name}.add: an Input has to be the first, and the only one.")
        self._input_layer = layer
        self.batch_shape = layer.input_shape

    def _known_shape(self, layer: Layer) -> Shape | None:
        """Return the shape that a new layer's input will have, if it is known."""
        if not self._layers and self.batch_shape is None:
            self.batch_shape = layer._build_shape or layer.batch_shape
        if self.batch_shape is None and self._build_shape is None:
            return None
        shape = self._build_shape or self.batch_shape
        assert shape is not None
        return self.compute_output_shape(shape)

    def _join(self, layer: Layer, shape: Shape) -> None:
        if not layer.built:
            layer.build(shape)
        elif layer.input_spec is not None:
            layer.input_spec.check(shape, layer.name)
        if self._build_shape is None:
            self._build_shape = self.batch_shape
        self.built = True

    def pop(self) -> Layer | None:
        """Remove the last layer and return it; None if there is none."""
        if not self._layers:
            return None
        layer = self._layers.pop()
        if not self._layers:
            self.built = False
            self._build_shape = None
            self.batch_shape = self._input_layer.input_shape if self._input_layer else None
        return layer

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the `Input`."""
        return list(self._layers)

    # -------------------------------------------------------------------- computing

    def build(self, input_shape: Shape) -> None:
        """Make all weights for inputs of a shape, such as (None, 2)."""
        self._need_layers()
        shape = input_shape
        for layer in self._layers:
            if not layer.built:
                layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the output of the last layer.

        An input that has a last axis of length 1 too many, or lacks one, is taken as meant.
        """
        known = self._build_shape
        if known is not None and len(inputs._data.shape) != len(known):
            inputs = _with_rank_of(known, inputs)
        for layer in self._layers:
            inputs = layer(inputs, training=training) if layer.takes_training else layer(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the last layer's output."""
        for layer in self._layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def input_dtype(self) -> np.dtype[Any]:
        """What inputs are cast to: the first layer's dtype."""
        self._need_layers()
        return self._layers[0].dtype

    @property
    def output_dtype(self) -> np.dtype[Any]:
        """What targets are cast to: the last layer's dtype."""
        self._need_layers()
        return self._layers[-1].dtype

    def _need_layers(self) -> None:
        if not self._layers:
            raise ValueError(f"{self.name} has no layers yet: model.add(Dense(1)), for example.")

    # -------------------------------------------------------------------- configuration

    def get_config(self) -> dict[str, Any]:
        """Return the layers' configurations, and the input's shape where it is known."""
        layers = [self._input_layer] if self._input_layer else []
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype.name,
            "layers": [serialize(layer) for layer in [*layers, *self._layers]],
            "build_input_shape": self._build_shape,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a model of the same layers, with new weights where the shape is known."""
        options = {key: config[key] for key in ("name", "trainable", "dtype") if key in config}
        model = cls([Layer.registry.get(layer) for layer in config["layers"]], **options)
        if config.get("build_input_shape") and not model.built:
            model.build(tuple(config["build_input_shape"]))
        return model


def _with_rank_of(known: Shape, inputs: Value) -> Value:
    shape = inputs.shape
    if len(shape) + 1 == len(known) and known[-1] == 1:
        return inputs.reshape((*shape, 1))
    if len(shape) == len(known) + 1 and shape[-1] == 1:
        return inputs.reshape(shape[:-1])
    return inputs
