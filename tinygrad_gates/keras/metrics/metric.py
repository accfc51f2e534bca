"""What metrics share: a state that batches add to, and finding one by name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.custom_objects import custom_object_scope
from tinygrad_gates.keras.metrics.scalar import returning_scalars
from tinygrad_gates.keras.registry import Configurable, Registry
from tinygrad_gates.keras.registry import serialize as _serialize
from tinygrad_gates.keras.utils.naming import to_snake_case, unique_name
from tinygrad_gates.keras.variable import Variable

ACCURACY = ("acc", "accuracy")
CROSSENTROPY = ("ce", "crossentropy")
"""Names whose metric depends on the shapes of targets and predictions."""

AGGREGATIONS = (None, "none", "mean", "sum", "only_first_replica")


class Metric(Configurable):
    """A number computed over all batches since `reset_state`.

    A subclass makes its state with `add_variable` in `__init__`, and defines `update_state` and
    `result`. The state is float64, so that float32 data loses no digits over many batches.

    Args:
        dtype: of predictions, to which arrays are cast; `config.floatx()` by default.
        name: the key in logs and in `History`; by default the class's name in snake case.

    Raises:
        ValueError: for a dtype that the metric cannot compute in.

    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", dtype=None):
    ...         super().__init__(dtype, name)
    ...         self.largest = self.add_variable(shape=(), initializer="zeros", name="largest")
    ...
    ...     def update_state(self, values, sample_weight=None):
    ...         self.largest.assign(np.maximum(self.largest.numpy(), np.max(values)))
    ...
    ...     def result(self):
    ...         return self.largest.item()
    >>> largest = Largest()
    >>> largest([1.0, 5.0]), largest([2.0])
    (5.0, 5.0)
    """

    registry: ClassVar[Registry[Any]] = Registry(
        "metric", takes_functions=True, also=(*ACCURACY, *CROSSENTROPY)
    )
    config_module = "keras.metrics"
    direction: ClassVar[str | None] = None
    """Whether more is better ("up") or less ("down"); None if that cannot be said."""
    shared: ClassVar[bool] = False
    """Whether the class is only a part of others, and so has no name."""
    default_dtype: ClassVar[str | None] = None
    """What computes if nothing else is asked for, in place of `config.floatx()`."""
    dtype_kinds: ClassVar[str] = "f"

    def __init_subclass__(cls, *, shared: bool = False, **options: Any) -> None:
        cls.shared = shared
        if "result" in cls.__dict__:
            cls.result = returning_scalars(cls.__dict__["result"])  # type: ignore[method-assign]
        super().__init_subclass__(**options)

    @classmethod
    def default_names(cls) -> tuple[str, ...]:
        """Return the names under which the class is known without any aliases."""
        return () if cls.shared else super().default_names()

    def __init__(self, dtype: DTypeLike | None = None, name: str | None = None) -> None:
        self._dtype = self._dtype_name(dtype)
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self._log_name: str | None = None
        self._variables: list[Variable] = []

    @property
    def log_name(self) -> str:
        """The key in logs: the name, after that of an output where a model has several."""
        return self._log_name or self.name

    @log_name.setter
    def log_name(self, name: str) -> None:
        self._log_name = name

    def _dtype_name(self, dtype: Any) -> str:
        try:
            default = self.default_dtype or floatx()
            found = np.dtype(default if dtype is None else getattr(dtype, "compute_dtype", dtype))
        except TypeError:
            found = np.dtype(object)
        if found.kind not in self.dtype_kinds:
            raise ValueError(
                f"{type(self).__name__}: dtype={dtype!r} is none that it computes in. Leave it "
                f"out, or give one such as 'float32' or 'float64'."
            )
        return found.name

    @property
    def dtype(self) -> str:
        """The name of the dtype that predictions are cast to."""
        return self._dtype

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: str | Callable[..., Any],
        dtype: DTypeLike | None = None,
        aggregation: str | None = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make a variable that is part of the state.

        Args:
            shape: its shape.
            initializer: what fills it at first; `reset_state` fills it with 0, as Keras does.
            dtype: float64 by default.
            aggregation: how Keras joins replicas of it; there is one process here, so that all
                mean the same.
            name: the last part of its path.

        Raises:
            RuntimeError: before `super().__init__()` was called.
            ValueError: for another aggregation.
        """
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                f"{type(self).__name__}: call super().__init__() at the start of __init__."
            )
        if aggregation not in AGGREGATIONS:
            raise ValueError(
                f"{type(self).__name__}.add_variable: aggregation={aggregation!r} is none of "
                f"{AGGREGATIONS}."
            )
        variable = Variable(
            initializer, tuple(shape), dtype or np.float64, False, name, owner=self.name
        )
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: str | Callable[..., Any] = "zeros",
        dtype: DTypeLike | None = None,
        name: str | None = None,
    ) -> Variable:
        """Make a variable that is part of the state; `add_variable` as Keras 2 calls it."""
        return self.add_variable(shape, initializer, dtype, name=name)

    @property
    def variables(self) -> list[Variable]:
        """The state: own variables, then those of metrics kept in attributes."""
        found = [*self._variables, *_variables_in(vars(self))]
        return list({id(variable): variable for variable in found}.values())

    def get_state(self) -> list[np.ndarray[Any, Any]]:
        """Return copies of the state's arrays, from which `set_state` restores every bit.

        >>> from tinygrad_gates.keras.metrics import Mean
        >>> mean = Mean()
        >>> mean.update_state([1.0, 4.0])
        >>> mean.get_state()
        [array(5.), array(2.)]
        """
        return [np.array(variable.numpy()) for variable in self.variables]

    def set_state(self, state: Sequence[Any]) -> None:
        """Take the state that `get_state` of an equal metric returned.

        Raises `ShapeError` for the state of another metric; then nothing is changed.
        """
        arrays = [np.asarray(array) for array in state]
        built = self if self.variables or not arrays else self._built_for(arrays)
        shapes = [array.shape for array in arrays]
        if shapes != [variable.shape for variable in built.variables]:
            raise ShapeError(
                f"{self.name}: the state has arrays of shapes {shapes}, and this metric's are "
                f"{[variable.shape for variable in built.variables]}. Give what get_state of an "
                f"equal metric returned."
            )
        vars(self).update(vars(built))
        for variable, array in zip(self.variables, arrays, strict=True):
            variable.assign(array)

    def _built_for(self, state: Sequence[np.ndarray[Any, Any]]) -> Self:
        built = copy.copy(self)
        built._variables = []
        built.build_for_state(state)
        return built

    def build_for_state(self, state: Sequence[np.ndarray[Any, Any]]) -> None:
        """Make the variables of a state, where they wait for the first batch; else do nothing."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Update with one batch and return the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take one batch into account."""
        raise NotImplementedError(f"{type(self).__name__} has to define update_state")

    def result(self) -> Any:
        """Return the metric over what was seen since `reset_state`; 0 if that is nothing.

        It is a float, which has `numpy()` too, as a tensor would have; or an array where there are
        several numbers (one a class or threshold).
        """
        raise NotImplementedError(f"{type(self).__name__} has to define result")

    def reset_state(self) -> None:
        """Forget what was seen: fill the state with 0."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def _variables_in(item: Any) -> Iterator[Variable]:
    if isinstance(item, Variable):
        yield item
    elif isinstance(item, Metric):
        yield from item.variables
    elif isinstance(item, (list, tuple, dict)):
        for part in item.values() if isinstance(item, dict) else item:
            yield from _variables_in(part)


def get(identifier: Any) -> Any:
    """Return a metric by its name, class or configuration; an object or function as it is.

    Raises `ValueError` for an unknown name.

    >>> get("binary_accuracy")
    <BinaryAccuracy name=binary_accuracy>
    """
    return None if identifier is None else Metric.registry.get(identifier)


def serialize(metric: Any) -> Any:
    """Return a metric's class and configuration as plain data.

    >>> from tinygrad_gates.keras.metrics import Sum
    >>> serialize(Sum(name="all"))["config"]
    {'name': 'all', 'dtype': 'float32'}
    """
    return _serialize(metric)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the metric that `serialize` described.

    Args:
        config: what `serialize` returned, or a name.
        custom_objects: classes and functions of one's own by name, looked up first.

    Raises:
        ValueError: for an unknown name.

    >>> deserialize({"class_name": "Sum", "config": {"name": "all"}})
    <Sum name=all>
    """
    with custom_object_scope(custom_objects or {}):
        return get(config)
