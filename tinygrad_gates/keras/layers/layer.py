"""`Layer`: a function with weights, which are made when its input's shape is known."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import trees
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.scopes import noted, now
from tinygrad_gates.core.value import ANNOTATED, Value
from tinygrad_gates.keras import masking, regularizers
from tinygrad_gates.keras.layers import context
from tinygrad_gates.keras.layers.arguments import boolean, computing_dtype
from tinygrad_gates.keras.layers.building import as_shapes, noting_shape, shapes_for_build
from tinygrad_gates.keras.layers.context import CallContext
from tinygrad_gates.keras.layers.input_spec import given_shape
from tinygrad_gates.keras.layers.tracking import Tracking, flatten, parts_of
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.registry import Configurable, Registry, is_ours, refuse_unknown
from tinygrad_gates.keras.symbolic import Node, has_masks, is_symbolic, places, trial
from tinygrad_gates.keras.tensors import as_array, as_value
from tinygrad_gates.keras.utils.naming import to_snake_case, unique_name
from tinygrad_gates.keras.variable import Variable


class Layer(Tracking, Configurable):
    """A differentiable function with weights.

    A subclass defines `call`, and `build` if it has weights; `compute_output_shape` if its shape
    should be known before anything is computed. Called on an `Input`, or on what came of one, a
    layer computes nothing, and becomes a part of the model that is being described.

    Args:
        activity_regularizer: a penalty of the output, which is added to the loss; divided by the
            number of samples.
        trainable: whether the optimizer changes its weights.
        dtype: of weights and computations; `config.floatx()`, float32, by default.
        autocast: whether inputs are cast to that dtype.
        name: unique in a model; the class's name in snake case, numbered, by default.
        input_shape: the shape of one sample; the first layer of a `Sequential` is then built as
            soon as it is added.
        input_dim: the same, for samples that are vectors.
        batch_input_shape: the same, with the number of samples first.

    Raises:
        ValueError: for arguments that the layer does not know.
    """

    registry: ClassVar[Registry[Layer]] = Registry("layer")
    config_module = "keras.layers"
    unsaved: ClassVar[tuple[str, ...]] = (
        "input_shape",
        "input_dim",
        "batch_input_shape",
        "autocast",
    )
    takes_training: ClassVar[bool] = False
    """Whether `call` takes `training`."""
    takes_mask: ClassVar[bool] = False
    """Whether `call` takes `mask`."""
    _is_custom: ClassVar[bool] = False
    """Whether a user wrote `call`: it is given integers, such as row numbers, as they are."""
    supports_masking: bool = False
    """Whether a mask of the input is one of the output too, unless `compute_mask` says more."""
    stateless: ClassVar[bool] = False
    """Whether there is nothing to build: it counts as built as soon as it is made."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "build" in cls.__dict__:
            cls.build = noting_shape(cls.__dict__["build"])  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            parameters = inspect.signature(cls.__dict__["call"]).parameters
            cls.takes_training = "training" in parameters
            cls.takes_mask = "mask" in parameters
            cls._is_custom = not is_ours(cls)

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: DTypeLike | dict[str, Any] | None = None,
        autocast: bool = True,
        name: str | None = None,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(self, unknown)
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.dtype = computing_dtype(self.name, dtype)
        self.autocast = autocast
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._built = False
        self.input_spec: Any = None
        self.nodes: list[Node] = []
        self.batch_shape = given_shape(type(self), input_shape, input_dim, batch_input_shape)
        self._trainable = boolean(self.name, "trainable", trainable)
        self._weights: list[Variable] = []
        self._losses: list[Value] = []
        self._build_shape: Any = None
        self._accepted: tuple[int, ...] | None = None

    # -------------------------------------------------------------------- what subclasses define

    def build(self, input_shape: Any) -> None:
        """Make the weights for an input shape, whose first length (of samples) is None."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output, a Value, for an input, a Value."""
        raise NotImplementedError(f"{type(self).__name__} has to define call(inputs)")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output for that of the input.

        Unless a subclass knows better, zeros are sent through.
        """
        inputs = places(input_shape, self.dtype, self.name)
        return trees.transform(_shape, trial(self._try, inputs))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the output for that of the input."""
        if not self.supports_masking and previous_mask is not None:
            warnings.warn(
                f"{self.name}: the input has a mask, which {type(self).__name__} does not pass on.",
                stacklevel=5,
            )
        return previous_mask if self.supports_masking else None

    @property
    def built(self) -> bool:
        """Whether the weights are made, if there are any."""
        return self._built or (self.stateless and not _defines(self, "build"))

    @built.setter
    def built(self, done: bool) -> None:
        self._built = done

    # -------------------------------------------------------------------- computing

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output for an input, after building the weights at the first call.

        Args:
            *args: the input: a Value, through which gradients flow, or an array; cast to the
                layer's dtype. A list or dict where the layer takes several. What follows is
                passed on to `call`.
            **kwargs: passed on to `call`; `training` and `mask` where it takes them.

        Raises:
            ShapeError: if the input does not fit the weights.
        """
        # The path of every step of training: nothing to convert, to build, to mask or to note.
        if len(args) == 1 and not kwargs:
            inputs = args[0]
            if (
                isinstance(inputs, Value)
                and not inputs._state & ANNOTATED
                and inputs._data.shape[1:] == self._accepted
                and inputs._data.dtype == self.dtype
                and (here := context.current.get()) is not None
            ):
                if here.is_noted:
                    return noted(self.name, now(), self.call(inputs))
                return self.call(inputs)
        return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if is_symbolic(args, kwargs):
            return self._call_symbolically(args, kwargs)
        surrounding = context.current.get()
        training = kwargs.pop("training", None)
        here = surrounding or CallContext(training)
        token = context.current.set(here)
        outer_training = here.training
        if training is not None:
            here.training = training
        try:
            if self.built:
                outputs = self._compute(args, kwargs, here)
            else:
                with context.building(self):
                    outputs = self._compute(args, kwargs, here)
        finally:
            here.training = outer_training
            context.current.reset(token)
        if surrounding is None and (here.losses or self._losses):
            self._keep_losses(here.losses)
        return outputs

    def _call_checked(self, inputs: Value, training: bool) -> Any:
        """Return the output for an input that `__call__` would pass on as it is, in a training."""
        here = CallContext(training, is_noted=False)
        token = context.current.set(here)
        try:
            outputs = self.call(inputs, training=training)
        finally:
            context.current.reset(token)
        if here.losses or self._losses:
            self._keep_losses(here.losses)
        return outputs

    def _compute(self, args: tuple[Any, ...], kwargs: dict[str, Any], here: CallContext) -> Any:
        args = tuple(self._converted(argument, index) for index, argument in enumerate(args))
        if kwargs and self._is_custom:
            kwargs = {name: self._converted_option(name, item) for name, item in kwargs.items()}
        inputs = args[0] if args else next(iter(kwargs.values()), None)
        self._prepare_for(inputs, args, kwargs)
        if self.takes_training and here.training is not None:
            kwargs["training"] = here.training
        given = self.takes_mask and "mask" in kwargs
        mask = kwargs["mask"] if given else masking.masks_of(inputs)
        if self.takes_mask and not given and mask is not None:
            # As in Keras, a layer that is called on other data besides has to be given its mask.
            if not any(map(_holds_values, (*args[1:], *kwargs.values()))):
                kwargs["mask"] = mask
        elif not self.takes_mask and "mask" in kwargs:
            mask = kwargs.pop("mask")
        outputs = noted(self.name, now(), self.call(*args, **kwargs))
        self._finish(inputs, outputs, mask, here)
        return outputs

    def _converted(self, argument: Any, index: int) -> Any:
        if index and not isinstance(argument, (list, tuple, dict, np.ndarray)):
            return argument  # what follows the input is an option unless it looks like data
        if isinstance(argument, (list, tuple)) and not _holds_values(argument):
            return argument if index else self._as_value(argument)
        return trees.transform(self._as_value, argument)

    def _converted_option(self, name: str, argument: Any) -> Any:
        return argument if name == "mask" else self._converted(argument, index=1)

    def _as_value(self, data: Any) -> Any:
        what = f"{self.name}: the input"
        if self.autocast and not (self._is_custom and _holds_no_floats(data)):
            return as_value(data, self.dtype, what)
        return data if isinstance(data, Value) else constant(as_array(data, what))

    def _prepare_for(self, inputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not self._built:
            self._check(inputs)
            self._build_for(args, kwargs)
        if not isinstance(inputs, Value):
            self._check(inputs)
            return
        shape = inputs._data.shape
        if shape[1:] != self._accepted or not shape:
            self._check(inputs)
            simple = not self.takes_training and self.activity_regularizer is None
            simple = simple and not _defines(self, "compute_mask")
            self._accepted = shape[1:] if shape and simple else None

    def _build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.build(*shapes_for_build(self, args, kwargs))

    def _check(self, inputs: Any) -> None:
        if self.input_spec is None:
            return
        items = trees.leaves(inputs)
        specs = self.input_spec if isinstance(self.input_spec, (list, tuple)) else None
        if specs is None:
            specs = [self.input_spec]
        if len(items) != len(specs):
            raise ValueError(
                f"{self.name}: {type(self).__name__} takes {len(specs)} input(s), and was called "
                f"on {len(items)}."
            )
        for item, spec in zip(items, specs, strict=True):
            if spec is not None:
                spec.check(tuple(item.shape), self.name)

    def _finish(self, inputs: Any, outputs: Any, mask: Any, here: CallContext) -> None:
        if mask is not None or _defines(self, "compute_mask"):
            masking.attach(outputs, self.compute_mask(inputs, mask))
        if self.activity_regularizer is not None:
            for output in trees.leaves(outputs):
                here.losses.append((self, self.activity_regularizer(output) / len(output._data)))

    # -------------------------------------------------------------------- describing a model

    def _call_symbolically(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        first = args[0] if args else next(iter(kwargs.values()), None)
        self._check(first)
        if not self._built and (_defines(self, "build") or not self._sublayers()):
            self._build_for(args, kwargs)
        outputs = self._output_places(args, kwargs)
        for output in trees.leaves(outputs):
            output.name = self.name
        self.nodes.append(Node(self, args, kwargs, outputs))
        return outputs

    def _output_places(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if _defines(self, "compute_output_spec"):
            return self.compute_output_spec(*args, **kwargs)
        others = is_symbolic(args[1:], kwargs)
        if others or not _defines(self, "compute_output_shape") or not args:
            return self._tried_places(args, kwargs)
        shape = self.compute_output_shape(as_shapes(trees.transform(_shape, args[0])))
        outputs = places(shape, self.compute_output_dtype(args[0]), self.name)
        if has_masks(args) or _defines(self, "compute_mask"):
            tried = trees.leaves(self._tried_places(args, kwargs))
            for output, other in zip(trees.leaves(outputs), tried, strict=True):
                output._keras_mask = other._keras_mask
        return outputs

    def _tried_places(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return trial(lambda both: self._try(*both[0], **both[1]), (args, kwargs))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the place, or places, of the output for places, and note no call of the layer."""
        return self._output_places(args, kwargs)

    def compute_output_dtype(self, inputs: Any) -> np.dtype[Any]:
        """Return the dtype of the output for inputs."""
        return self.dtype

    def _try(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output for trial data, and leave no trace of it."""
        states = [(variable, variable._data) for variable in self.variables]
        losses = {layer: layer._losses for layer in self._all_layers()}
        kwargs = {"training": False, **kwargs} if self.takes_training else kwargs
        outputs = self(*args, **kwargs)
        self._accepted = None
        for layer in self._all_layers():
            layer._losses = losses.get(layer, [])
        for variable, data in states:
            if variable._data is not data:
                variable.replace(data)
        return outputs

    @property
    def input(self) -> Any:
        """The place, or places, that the layer was called on first.

        Raises `AttributeError` if it was called on none.
        """
        args, kwargs = self._first_node("input").arguments
        return args[0] if args else next(iter(kwargs.values()))

    @property
    def output(self) -> Any:
        """The place, or places, of what the layer returned; as for `input`."""
        return self._first_node("output").outputs

    def _first_node(self, what: str) -> Node:
        if not self.nodes:
            raise AttributeError(f"{self.name}.{what}: the layer was never called on an Input.")
        return self.nodes[0]

    # -------------------------------------------------------------------- losses and metrics

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that the layer, or a layer inside, keeps in attributes."""
        return list(dict.fromkeys(m for layer in self._all_layers() for m in layer._own_metrics()))

    def _own_metrics(self) -> Iterator[Metric]:
        return (item for item in flatten(vars(self).values()) if isinstance(item, Metric))

    def add_loss(self, loss: Any) -> None:
        """Add one number, or several, to the loss that training minimises, inside of `call`."""
        values = [as_value(item, self.dtype, f"{self.name}.add_loss") for item in _listed(loss)]
        here = context.current.get()
        if here is None:
            self._losses.extend(values)
        else:
            here.losses.extend((self, value) for value in values)

    @property
    def losses(self) -> list[Value]:
        """What the last call added, then the penalties of weights, as scalar Values."""
        penalties = [
            weight.regularizer(weight)
            for weight in self.trainable_weights
            if weight.regularizer is not None
        ]
        return [*self._losses, *penalties]

    def _keep_losses(self, losses: list[tuple[Layer, Value]]) -> None:
        for layer in self._all_layers():
            layer._losses = []
        for layer, value in losses:
            layer._losses.append(value)
        self._losses = [value for _, value in losses]

    # -------------------------------------------------------------------- shapes and configuration

    @property
    def input_shape(self) -> Any:
        """The shape that the layer was built for; None stands for any length."""
        if self._build_shape is None:
            raise AttributeError(f"{self.name}: the layer has no input_shape before it is built.")
        return self._build_shape

    @property
    def output_shape(self) -> Any:
        """The shape of the output for `input_shape`."""
        if len(self.nodes) == 1:
            return trees.transform(_shape, self.nodes[0].outputs)
        return self.compute_output_shape(self.input_shape)

    @property
    def compute_dtype(self) -> str:
        """The name of the dtype of computations."""
        return self.dtype.name

    @property
    def variable_dtype(self) -> str:
        """The name of the dtype of weights, the same."""
        return self.dtype.name

    @property
    def path(self) -> str:
        """The name, as variables' paths begin."""
        return self.name

    @property
    def kind(self) -> str:
        """What tables and files call the layer's class."""
        return type(self).__name__

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, as plain data."""
        config = super().get_config()
        if self.activity_regularizer is None:
            config.pop("activity_regularizer", None)
        return config

    def _saved_parts(self) -> Iterator[tuple[str, Any]]:
        """Return the attributes that hold layers, as files name them, in the order of files."""
        return parts_of(self, Layer(name="reference"))

    def serialized(self) -> dict[str, Any]:
        """Return the class and the configuration, as files hold them, and for which shape."""
        shape = self.get_build_config()
        return super().serialized() | ({} if shape is None else {"build_config": shape})

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build_from_config` needs to make the weights."""
        return None if self._build_shape is None else {"input_shape": self._build_shape}

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Make the weights for the shape that `get_build_config` told."""
        shape = (config or {}).get("input_shape")
        if shape is not None and not self.built:
            self.build(as_shapes(shape))

    def __getattr__(self, name: str) -> Any:
        if "name" not in vars(self) and not name.startswith("__"):
            raise RuntimeError(
                f"{type(self).__name__}: call super().__init__() at the start of __init__."
            )
        own = getattr(type(self), name, None)
        if isinstance(own, property):  # it has told what is wrong, and tells it again
            return own.__get__(self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_losses": []}  # which belong to the graph of the last call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


Layer.build = noting_shape(Layer.build)  # type: ignore[method-assign]


def _shape(place: Any) -> Any:
    return tuple(place.shape)


def _holds_no_floats(data: Any) -> bool:
    return isinstance(data, (Value, np.ndarray, np.generic)) and data.dtype.kind in "biu"


def _holds_values(nested: Any) -> bool:
    """Return whether a list is one of several inputs, not the numbers of one."""
    return any(isinstance(leaf, (Value, np.ndarray)) for leaf in trees.leaves(nested))


def _defines(layer: Layer, method: str) -> bool:
    return getattr(type(layer), method) is not getattr(Layer, method)


def _listed(items: Any) -> Sequence[Any]:
    return items if isinstance(items, (list, tuple)) else [items]
