"""`Model`: layers with a training loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.keras import utils
from tinygrad_gates.keras.custom_objects import custom_object_scope
from tinygrad_gates.keras.layers.building import as_shapes
from tinygrad_gates.keras.layers.core.operation import Operation
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.tracking import parts_of
from tinygrad_gates.keras.models import functional
from tinygrad_gates.keras.models.network import Network, rooted
from tinygrad_gates.keras.saving.saving import save_model
from tinygrad_gates.keras.saving.weights import load_weights, save_weights
from tinygrad_gates.keras.symbolic import KerasTensor, places, trial
from tinygrad_gates.keras.trainers.arrays import is_several
from tinygrad_gates.keras.trainers.trainer import Trainer
from tinygrad_gates.keras.utils.summary import summary_text

if TYPE_CHECKING:
    from tinygrad_gates.picture import Graph, Player


class Model(Trainer, aliases=("Functional",)):
    """A layer made of layers, which can be compiled and trained.

    Either it is told its inputs and outputs, places that are connected by calls of layers, or a
    subclass makes its layers in `__init__` and computes with them in `call`.

    Args:
        inputs: one `Input`, or a list or dict of several.
        outputs: what layers returned for them, likewise.
        **options: as for every `Layer`.

    Raises:
        ValueError: if outputs need an input that was not given, or two layers share a name.
        TypeError: if inputs or outputs are no places.

    >>> from tinygrad_gates.keras import Input
    >>> from tinygrad_gates.keras.layers import Dense
    >>> x = Input((2,))
    >>> model = Model(x, Dense(1)(x))
    >>> model([[0.0, 1.0]]).shape
    (1, 1)
    >>> class Gate(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.output_layer = Dense(1)
    ...     def call(self, inputs):
    ...         return self.output_layer(inputs)
    >>> Gate()([[0.0, 1.0]]).shape
    (1, 1)
    """

    config_module = "keras"
    unsaved = (*Layer.unsaved, "inputs", "outputs")

    def __init__(self, inputs: Any = None, outputs: Any = None, **options: Any) -> None:
        if (inputs is None) != (outputs is None):
            missing = "outputs" if outputs is None else "inputs"
            raise ValueError(f"Model: {missing}= is missing: give both, or neither.")
        if inputs is not None:
            options.setdefault("name", _default_name(type(self)))
        super().__init__(**options)
        self._network: Network | None = None
        if inputs is not None:
            inputs, outputs = rooted(inputs, outputs)
            self._network = Network(inputs, outputs)
            self.autocast = False
            self._build_shape = trees.transform(lambda place: tuple(place.shape), inputs)
            self.built = True

    @property
    def kind(self) -> str:
        """What tables and files call the class: "Functional" for inputs and outputs."""
        return "Functional" if type(self) is Model and self._network else type(self).__name__

    # -------------------------------------------------------------------- computing

    @property
    def _has_call(self) -> bool:
        return self._network is not None or type(self).call is not Model.call

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the outputs for inputs of the form that the model was given."""
        if self._network is None:
            raise NotImplementedError(
                f"{type(self).__name__} has to define call(inputs), or be made of inputs and "
                f"outputs: Model(inputs, outputs)."
            )
        return self._network(inputs, self.name, training)

    @property
    def _checks_inputs(self) -> bool:
        return self._network is not None and type(self).call is Model.call

    def _converted(self, argument: Any, index: int) -> Any:
        if self._network is not None and not index:
            return argument  # each input has a dtype of its own
        return super()._converted(argument, index)

    def _prepare_for(self, inputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._network is None:
            super()._prepare_for(inputs, args, kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs for those of the inputs."""
        if self._network is None or as_shapes(input_shape) != self._build_shape:
            return super().compute_output_shape(input_shape)
        return trees.transform(lambda place: tuple(place.shape), self._network.outputs)

    # -------------------------------------------------------------------- what is inside

    @property
    def layers(self) -> list[Layer]:
        """The layers directly inside; of inputs and outputs, those farthest from these first."""
        return self._sublayers()

    def _sublayers(self) -> list[Any]:
        network = vars(self).get("_network")
        if network is None:
            return super()._sublayers()
        return [layer for layer in network.layers if not isinstance(layer, Operation)]

    @property
    def inputs(self) -> list[KerasTensor]:
        """The places of the inputs; raises `AttributeError` if the model was not told them."""
        return list(self._need_network("inputs").input_places)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The places of the outputs, likewise."""
        return list(self._need_network("outputs").output_places)

    @property
    def input(self) -> Any:
        """The places of the inputs in the form in which they were given."""
        return self.inputs[0] if self._network is None else self._network.inputs

    @property
    def output(self) -> Any:
        """The places of the outputs in the form in which they were given."""
        return self.outputs[0] if self._network is None else self._network.outputs

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [place.name for place in self.inputs]

    def _known_output_names(self) -> list[str] | None:
        return None if self._network is None else self.output_names

    def _inputs(self, x: Any) -> Any:
        """Return inputs as an array, or as a list of one for each input."""
        if self._network is None:
            return x
        places = self._network.input_places
        if len(places) == 1 and not isinstance(x, dict):
            return x[0] if is_several(x) and len(x) == 1 else x
        return self._network.arranged(x, f"{self.name}: x")

    def _need_network(self, what: str) -> Network:
        if self._network is None:
            raise AttributeError(
                f"{self.name}.{what}: the model was not made of inputs and outputs."
            )
        return self._network

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs: dict keys, or those of the layers that they come from."""
        network = self._need_network("output_names")
        if isinstance(network.outputs, dict):
            return sorted(map(str, network.outputs))
        return [place.name for place in network.output_places]

    @property
    def input_dtype(self) -> np.dtype[Any] | None:
        """What single inputs are cast to before training; None leaves them as they are."""
        if self._network is None:
            return self.dtype
        return self._network.input_places[0].dtype

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name, or by its place.

        Raises `ValueError` if there is none, or if both are given, or neither.
        """
        if (name is None) == (index is None):
            raise ValueError(
                f"{self.name}.get_layer: give a name or an index, and got name={name!r}, "
                f"index={index!r}."
            )
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
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: list[str] | None = None,
    ) -> None:
        """Print a table of the layers, the shapes of their outputs, and their parameters.

        Args:
            line_length: the width of the table; as wide as the terminal, up to 88 or 108, by
                default.
            positions: where columns end, as shares of the line.
            print_fn: takes the whole text instead of `print`; `list.append` keeps it.
            expand_nested: whether layers of models inside are listed too.
            show_trainable: whether a column says what the optimizer changes.
            layer_range: the names (patterns) of the first and the last layer to list.

        Raises:
            ValueError: if the line is too short for a table, or no layer has such a name.
        """
        text = summary_text(
            self, line_length, positions, expand_nested, show_trainable, layer_range
        )
        (print_fn or print)(text)

    def graph(
        self,
        x: Any = None,
        y: Any = None,
        *,
        expand: bool = False,
        rankdir: str | None = None,
        **options: Any,
    ) -> Graph:
        """Draw the layers with their shapes, activations and parameters; or all they compute.

        Args:
            x: data to compute on, as `predict` takes it. Given, the picture is the computation,
                with a box for each layer. No layer is told that it trains.
            y: targets, for the loss and every gradient in the picture; needs `compile`. Gradients
                that the weights have already are left as they are.
            expand: whether to draw the computation where no data is given: of a sample of ones.
            rankdir: where edges lead: "TB" down, "LR" to the right.
            **options: for the computation, as `tinygrad_gates.picture.graph` takes them, such as
                `max_nodes` and `fold`.

        Raises:
            ValueError: if the model is not built, and there is no data.

        >>> from tinygrad_gates.keras import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1, "sigmoid", name="gate")])
        >>> picture = model.graph()
        >>> "gate: Dense" in picture.source, "σ" in picture.source
        (True, False)
        >>> "σ" in model.graph([[0, 1]]).source
        True
        """
        if y is not None and x is None:
            raise ValueError(f"{self.name}.graph: targets were given without inputs: graph(x, y)")
        drawn: Graph = utils.model_graph(self, x, y, expand, rankdir, options)
        return drawn

    def player(self, x: Any = None, y: Any = None, **options: Any) -> Player:
        """Return a page that steps through what the model computes, and back through its loss.

        Args:
            x: data to compute on, as `predict` takes it; a sample of ones by default.
            y: targets: the page then goes on to the loss that `compile` was given.
            **options: as `tinygrad_gates.picture.player` takes them.

        Raises:
            ValueError: if the model is not built, and there is no data.
        """
        if y is not None and x is None:
            raise ValueError(f"{self.name}.player: targets were given without inputs: player(x, y)")
        page: Player = utils.model_player(self, x, y, options)
        return page

    # -------------------------------------------------------------------- configuration

    def get_config(self) -> dict[str, Any]:
        """Return the layers' configurations and how they are connected."""
        if self._network is None:
            return super().get_config()
        return functional.config_of(self, self._network)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Make a model of equal layers, with new weights.

        Args:
            config: what `get_config` returned.
            custom_objects: classes and functions of a user's own, by the names that it has.

        Raises:
            ValueError: for a configuration that makes no sense.
        """
        if "input_layers" not in config:
            return cls(**config)
        with custom_object_scope(custom_objects or {}):
            options = functional.from_config(config)
        return cls(**options)

    def serialized(self) -> dict[str, Any]:
        """Return the class and the configuration, and what `compile` was given."""
        data = super().serialized()
        if self.kind == "Functional":
            data["module"] = "keras.src.models.functional"
            data["class_name"] = data["registered_name"] = "Functional"
        compiled = self.get_compile_config()
        return data if compiled is None else data | {"compile_config": compiled}

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Make the weights for the shape that `get_build_config` told, by a call on zeros."""
        shape = (config or {}).get("input_shape")
        if shape is not None and not self.built:
            trial(self._try, places(shape, self.dtype, self.name))

    def _saved_parts(self) -> Iterator[tuple[str, Any]]:
        others: dict[str, Any] = {} if self.optimizer is None else {"optimizer": self.optimizer}
        if self._network is None:
            others["layers"] = self.layers
        else:
            yield "layers", self.layers
        yield from parts_of(self, Model(name="reference"), **others)

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        include_optimizer: bool = True,
    ) -> None:
        """Write the model to a `.keras` file: see `saving.save_model`."""
        save_model(self, filepath, overwrite, zipped, include_optimizer)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the weights, and the optimizer's state: see `saving.save_weights`."""
        save_weights(self, filepath, overwrite)

    def load_weights(
        self,
        filepath: str | os.PathLike[str],
        skip_mismatch: bool = False,
        by_name: bool | None = None,
    ) -> None:
        """Read weights, and the optimizer's state: see `saving.load_weights`."""
        load_weights(self, filepath, skip_mismatch, by_name)

    def to_json(self, **options: Any) -> str:
        """Return the model's configuration as JSON; `model_from_json` reads it.

        Args:
            **options: passed on to `json.dumps`.
        """
        return functional.to_json(self, **options)


def _default_name(cls: type[Model]) -> str | None:
    from_inputs = cls.__name__ == "Model"
    return functional.unique_name("functional") if from_inputs else None
