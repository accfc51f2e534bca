"""`Layer`: a function with weights, which are made when its input's shape is known."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, ClassVar, TypedDict

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape, sample_shape
from tinygrad_gates.keras.registry import Configurable, Registry, refuse_unknown
from tinygrad_gates.keras.tensors import as_value
from tinygrad_gates.keras.utils.naming import to_snake_case, unique_name
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.modes import no_grad


class LayerOptions(TypedDict, total=False):
    """The arguments that every layer takes."""

    trainable: bool
    dtype: DTypeLike | None
    name: str | None
    input_shape: Sequence[int | None] | None
    input_dim: int | None


class Layer(Configurable):
    """A differentiable function with weights.

    A subclass defines `call`, and `build` if it has weights; `compute_output_shape` if its shape
    should be known before anything is computed.

    Args:
        trainable: whether the optimizer changes its weights.
        dtype: of weights and computations; float32 by default.
        name: unique in a model; the class's name in snake case, numbered, by default.
        input_shape: the shape of one sample; the first layer of a `Sequential` is then built as
            soon as it is added.
        input_dim: the same, for samples that are vectors.

    Raises:
        ValueError: for arguments that the layer does not know.
    """

    registry: ClassVar[Registry[Layer]] = Registry("layer")
    config_module = "keras.layers"
    unsaved = ("input_shape", "input_dim")
    takes_training: ClassVar[bool] = False
    """Whether `call` takes `training`."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "build" in cls.__dict__:
            cls.build = _noting_shape(cls.__dict__["build"])  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            parameters = inspect.signature(cls.__dict__["call"]).parameters
            cls.takes_training = "training" in parameters

    def __init__(
        self,
        *,
        trainable: bool = True,
        dtype: DTypeLike | None = None,
        name: str | None = None,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(self, unknown)
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.dtype = np.dtype(dtype or np.float32)
        self.built = False
        self.input_spec: InputSpec | None = None
        if input_dim is not None:
            input_shape = (input_dim,)
        self.batch_shape: Shape | None = None
        if input_shape is not None:
            what = f"{type(self).__name__}: input_shape"
            self.batch_shape = (None, *sample_shape(input_shape, what))
        self._trainable = trainable
        self._weights: list[Variable] = []
        self._build_shape: Shape | None = None
        self._accepted: tuple[int, ...] | None = None

    # -------------------------------------------------------------------- what subclasses define

    def build(self, input_shape: Shape) -> None:
        """Make the weights for an input shape, whose first length (of samples) is None."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output, a Value, for an input, a Value."""
        raise NotImplementedError(f"{type(self).__name__} has to define call(inputs)")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output for that of the input.

        Unless a subclass knows better, zeros are sent through.
        """
        sample = np.zeros([1 if length is None else length for length in input_shape], self.dtype)
        with no_grad():
            output = self(sample)
        return (None, *output.shape[1:])

    # -------------------------------------------------------------------- computing

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output for an input, after building the weights at the first call.

        Args:
            inputs: a Value, through which gradients flow, or an array; cast to the layer's dtype.
            *args: passed on to `call`, as are keywords; `training` where `call` takes it.

        Raises:
            ShapeError: if the input does not fit the weights.
        """
        if not isinstance(inputs, Value) or inputs._data.dtype != self.dtype:
            inputs = as_value(inputs, self.dtype, f"{self.name}: the input")
        if not self.built:
            self.build((None, *inputs.shape[1:]))
        shape = inputs._data.shape
        if shape[1:] != self._accepted or not shape:
            self._check(shape)
        if "training" in kwargs and not self.takes_training:
            del kwargs["training"]
        return self.call(inputs, *args, **kwargs)

    def _check(self, shape: tuple[int, ...]) -> None:
        if self.input_spec is not None:
            self.input_spec.check(shape, self.name)
        self._accepted = shape[1:] if shape else None

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "glorot_uniform",
        dtype: DTypeLike | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> Variable:
        """Return a new weight, which belongs to the layer.

        Args:
            shape: of the weight.
            initializer: a name, an object, or a function of a shape and a dtype.
            dtype: the layer's by default.
            trainable: whether the optimizer changes it.
            name: the last part of its path, which begins with the layer's name.
        """
        weight = Variable(
            initializer,
            tuple(shape),
            dtype or self.dtype,
            trainable,
            name or f"weight_{len(self._weights)}",
            owner=self.name,
        )
        self._weights.append(weight)
        return weight

    # -------------------------------------------------------------------- weights

    @property
    def trainable(self) -> bool:
        """Whether the optimizer changes the weights; setting it sets the layers inside too."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        for layer in self._sublayers():
            layer.trainable = trainable

    @property
    def weights(self) -> list[Variable]:
        """All weights: its own, then those of the layers inside, in order."""
        return self._collect(only_trainable=False, seen=set())

    @property
    def variables(self) -> list[Variable]:
        """The same as `weights`."""
        return self.weights

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that the optimizer changes."""
        return self._collect(only_trainable=True, seen=set())

    @property
    def trainable_variables(self) -> list[Variable]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that the optimizer leaves alone."""
        trainable = set(map(id, self.trainable_weights))
        return [weight for weight in self.weights if id(weight) not in trainable]

    def _collect(self, only_trainable: bool, seen: set[int]) -> list[Variable]:
        if id(self) in seen or (only_trainable and not self._trainable):
            return []
        seen.add(id(self))
        found = []
        for item in _flatten(vars(self).values()):
            if isinstance(item, Variable) and id(item) not in seen:
                seen.add(id(item))
                if item.trainable or not only_trainable:
                    found.append(item)
        for layer in self._sublayers():
            found.extend(layer._collect(only_trainable, seen))
        return found

    def _sublayers(self) -> list[Layer]:
        found = (item for item in _flatten(vars(self).values()) if isinstance(item, Layer))
        return list(dict.fromkeys(found))

    def get_weights(self) -> list[np.ndarray[Any, Any]]:
        """Return copies of all weights' numbers, in the order of `weights`."""
        return [np.asarray(weight.numpy()) for weight in self.weights]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace all weights' numbers, in the order of `weights`; all of them, or none.

        Raises:
            ValueError: if the number of arrays is another than that of the weights.
            ShapeError: if an array has another shape than its weight.
            DtypeError: if an array holds no numbers.
        """
        own = self.weights
        weights = [*weights] if np.iterable(weights) else [weights]
        if len(weights) != len(own):
            built = "" if own else " It has no weights before it is built or called."
            raise ValueError(
                f"{self.name}.set_weights: {len(weights)} arrays were given, and there are "
                f"{len(own)} weights.{built}"
            )
        arrays = [
            as_value(array, weight.dtype, f"{self.name}.set_weights: {weight.path}").numpy()
            for array, weight in zip(weights, own, strict=True)
        ]
        for array, weight in zip(arrays, own, strict=True):
            if array.shape != weight.shape:
                raise ShapeError(
                    f"{self.name}.set_weights: {weight.path} has shape {weight.shape}, and the "
                    f"array given for it {array.shape}."
                )
        for array, weight in zip(arrays, own, strict=True):
            weight.replace(array)

    def count_params(self) -> int:
        """Return how many numbers the weights hold.

        Raises `ValueError` if there are no weights yet.
        """
        if not self.built:
            raise ValueError(
                f"{self.name}: the weights are not made yet. Call the layer on data, or "
                f"build(input_shape), first."
            )
        return sum(math.prod(weight.shape) for weight in self.weights)

    @property
    def input_shape(self) -> Shape:
        """The shape that the layer was built for; None stands for any length."""
        if self._build_shape is None:
            raise AttributeError(f"{self.name}: the layer has no input_shape before it is built.")
        return self._build_shape

    @property
    def output_shape(self) -> Shape:
        """The shape of the output for `input_shape`."""
        return self.compute_output_shape(self.input_shape)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _noting_shape(build: Callable[..., None]) -> Callable[..., None]:
    """Let a layer know that it is built, and for which shape, whoever calls `build`."""

    @wraps(build)
    def noting(self: Layer, input_shape: Shape, *args: Any, **kwargs: Any) -> None:
        shape = tuple(input_shape)
        before, count = dict(vars(self)), len(self._weights)
        try:
            build(self, shape, *args, **kwargs)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            del self._weights[count:]
            raise
        self._build_shape = shape
        self.built = True

    return noting


Layer.build = _noting_shape(Layer.build)  # type: ignore[method-assign]


def _flatten(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from _flatten(item)
        elif isinstance(item, dict):
            yield from _flatten(item.values())
        else:
            yield item
