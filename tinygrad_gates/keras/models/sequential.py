"""`Sequential`: one layer after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self, Unpack

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.custom_objects import custom_object_scope
from tinygrad_gates.keras.layers import context
from tinygrad_gates.keras.layers.core.input_layer import Input, InputLayer
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.tracking import parts_of
from tinygrad_gates.keras.models.model import Model
from tinygrad_gates.keras.models.network import with_rank_of
from tinygrad_gates.keras.registry import serialize
from tinygrad_gates.keras.symbolic import KerasTensor, Shape
from tinygrad_gates.keras.trainers.arrays import is_several


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
        self._names: set[str] = set()
        self._places: list[Any] = []
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
        if isinstance(layer, KerasTensor) and layer.node is not None:
            layer = layer.node.layer
        if not isinstance(layer, Layer):
            hint = " Add an object, Dense(1), not the class." if isinstance(layer, type) else ""
            raise ValueError(
                f"{self.name}.add: {layer!r} of type {type(layer).__name__} is no layer.{hint}"
            )
        if isinstance(layer, InputLayer):
            self._begin(layer)
            return
        if layer.name in self._names and any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f"{self.name}.add: there is a layer called {layer.name!r} already. Give this one "
                f"another name=, or make a new layer."
            )
        self._join(layer)
        self._layers.append(layer)
        self._names.add(layer.name)
        self._accepted = None

    def _begin(self, layer: InputLayer) -> None:
        if self._layers or self._input_layer is not None:
            raise ValueError(f"{self.name}.add: an Input has to be the first, and the only one.")
        self._input_layer = layer
        self.batch_shape = layer.batch_shape
        self._places = [layer.output]

    def _join(self, layer: Layer) -> None:
        """Connect a new layer with the one before, if the shape of the input is known."""
        if not self._places:
            shape = layer.batch_shape or layer._build_shape if not self._layers else None
            if shape is None:
                return
            self.batch_shape = shape
            self._places = [Input(batch_shape=shape, dtype=layer.dtype, name=f"{layer.name}_input")]
        with context.building(self):
            self._places.append(layer(self._places[-1]))
        self._note_shape()

    def _note_shape(self) -> None:
        self._build_shape = self._places[0].shape if self._places else None
        self.built = len(self._places) > 1

    def pop(self, rebuild: bool = True) -> Layer | None:
        """Remove the last layer and return it; None if there is none."""
        if not self._layers:
            return None
        layer = self._layers.pop()
        if len(self._places) > 1:
            del self._places[-1]
        if not self._layers and self._input_layer is None:
            self._places = []
            self.batch_shape = None
        self._note_shape()
        return layer

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the `Input`."""
        return list(self._layers)

    # -------------------------------------------------------------------- computing

    def build(self, input_shape: Shape) -> None:
        """Make all weights for inputs of a shape, such as (None, 2)."""
        self._need_layers()
        place = Input(batch_shape=input_shape, dtype=self._layers[0].dtype)
        places = [place]
        for layer in self._layers:
            place = layer(place)
            places.append(place)
        self._places = places

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the output of the last layer.

        An input that has a last axis of length 1 too many, or lacks one, is taken as meant.
        """
        if isinstance(inputs, (list, tuple)) and len(inputs) == 1:
            inputs = inputs[0]
        known = self._build_shape
        if isinstance(inputs, (list, tuple, dict)):
            inputs = self._only(inputs)
        if known is not None and len(inputs._data.shape) != len(known):
            inputs = self._of_known_rank(known, inputs)
        for layer in self._layers:
            inputs = layer(inputs, training=training) if layer.takes_training else layer(inputs)
        return inputs

    def _only(self, inputs: Any) -> Any:
        if isinstance(inputs, dict) or len(inputs) != 1:
            raise ShapeError(
                f"{self.name}: a Sequential model takes one array, and was called on a "
                f"{type(inputs).__name__} of {len(inputs)}. For several inputs, use keras.Model."
            )
        return inputs[0]

    def _of_known_rank(self, known: Shape, inputs: Any) -> Any:
        fitting = with_rank_of(known, inputs)
        if len(fitting.shape) != len(known):
            raise ShapeError(
                f"{self.name}: the model was made for inputs of shape {known}, and was called on "
                f"shape {inputs.shape}. input_shape= is that of one sample, without their number."
            )
        return fitting

    @property
    def _checks_inputs(self) -> bool:
        return self.built and type(self).call is Sequential.call

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the last layer's output."""
        for layer in self._layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def inputs(self) -> list[KerasTensor]:
        """The place of the input; raises `AttributeError` before its shape is known."""
        return [self._known_places("inputs")[0]]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The place of the output, likewise."""
        return [self._known_places("outputs")[-1]]

    def _known_output_names(self) -> list[str] | None:
        return [self._layers[-1].name] if self._layers else None

    def _inputs(self, x: Any) -> Any:
        return x[0] if is_several(x) and len(x) == 1 else np.asarray(x) if is_several(x) else x

    def _known_places(self, what: str) -> list[KerasTensor]:
        if not self._places:
            raise AttributeError(f"{self.name}.{what}: the model is not built. Give it an Input.")
        return self._places

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

    def _saved_parts(self) -> Iterator[tuple[str, Any]]:
        yield "layers", self.layers
        others = {} if self.optimizer is None else {"optimizer": self.optimizer}
        yield from parts_of(self, Sequential(name="reference"), **others)

    def get_config(self) -> dict[str, Any]:
        """Return the layers' configurations, and the input's shape where it is known."""
        first = self._places[0].node.layer if self._places else self._input_layer
        layers = [first] if first else []
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype.name,
            "layers": [serialize(layer) for layer in [*layers, *self._layers]],
            "build_input_shape": self._build_shape,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Make a model of the same layers, with new weights where the shape is known."""
        options = {key: config[key] for key in ("name", "trainable", "dtype") if key in config}
        with custom_object_scope(custom_objects or {}):
            layers = [Layer.registry.get(layer) for layer in config["layers"]]
        model = cls(layers, **options)
        if config.get("build_input_shape") and not model.built:
            model.build(tuple(config["build_input_shape"]))
        return model
