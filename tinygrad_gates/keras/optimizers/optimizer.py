"""What optimizers share: a rate, a count of steps, and each parameter's state."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeAlias, TypedDict

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.registry import Configurable, Registry, refuse_unknown
from tinygrad_gates.keras.utils.naming import to_snake_case, unique_name
from tinygrad_gates.keras.variable import Variable

LearningRate: TypeAlias = float | Callable[[int], float]
Slots: TypeAlias = tuple[Any, ...]


class OptimizerOptions(TypedDict, total=False):
    """The arguments that every optimizer takes."""

    name: str | None


class Optimizer(Configurable):
    """Applies a pure update rule to parameters, and keeps what the rule remembers.

    A subclass defines `rule`, and `slot_names` if the rule has a memory.

    Args:
        learning_rate: a positive number, or a function that takes the number of steps done and
            returns one.
        name: what messages call it.

    Raises:
        ValueError: for a learning rate that is negative or no number, and for arguments that the
            optimizer does not know.
    """

    registry: ClassVar[Registry[Optimizer]] = Registry("optimizer")
    config_module = "keras.optimizers"

    def __init__(
        self, learning_rate: LearningRate = 0.01, *, name: str | None = None, **unknown: Any
    ) -> None:
        if "lr" in unknown:
            raise ValueError(f"{type(self).__name__}: lr is called learning_rate.")
        refuse_unknown(self, unknown)
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.iterations = Variable(np.int64(0), trainable=False, name="iteration", owner=self.name)
        self._schedule: Callable[[int], float] | None = None
        self._rate = Variable(0.0, trainable=False, name="learning_rate", owner=self.name)
        self.learning_rate = learning_rate
        self._parameters: tuple[Variable, ...] = ()
        self._slots: list[tuple[Variable, ...]] = []

    @property
    def learning_rate(self) -> Any:
        """The rate of the next step, a float32 Variable; settable to a number or a function."""
        if self._schedule is not None:
            self._rate.assign(self._schedule(int(self.iterations)))
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        if callable(rate) and not isinstance(rate, Variable):
            self._schedule = rate
            return
        self._rate.assign(self.number("learning_rate", rate, or_else="a function of the step"))
        self._schedule = None

    @property
    def slot_names(self) -> tuple[str, ...]:
        """What is remembered for each parameter, as arrays of its shape; nothing by default."""
        return ()

    @property
    def variables(self) -> list[Variable]:
        """The count of steps, the learning rate, then each parameter's state."""
        return [self.iterations, self._rate, *(s for slots in self._slots for s in slots)]

    @property
    def built(self) -> bool:
        """Whether there are parameters that it works on."""
        return bool(self._parameters)

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return a parameter and its state after one step, and change nothing.

        Written in operators and NumPy functions, so that it runs on arrays and on Values.

        Args:
            parameter: the numbers now.
            gradient: the derivative of the loss by them.
            slots: the state, in the order of `slot_names`.
            learning_rate: a number.
            step: the number of this step, from 1.
        """
        raise NotImplementedError

    def build(self, parameters: Sequence[Variable]) -> None:
        """Begin to work on parameters, with all state 0.

        Raises `ValueError` if it works on others already.
        """
        parameters = tuple(parameters)
        if self._parameters:
            raise ValueError(
                f"{self.name}: this optimizer trains {_names(self._parameters)}, and cannot go on "
                f"with {_names(parameters)}. Make a new optimizer for another model, or after "
                f"layers were added or frozen."
            )
        self._slots = [
            tuple(self._new_slot(parameter, name) for name in self.slot_names)
            for parameter in parameters
        ]
        self._parameters = parameters

    def _new_slot(self, parameter: Variable, name: str) -> Variable:
        owner = f"{self.name}/{parameter.path.replace('/', '_')}"
        data = np.zeros(parameter.shape, parameter.dtype)
        return Variable(data, trainable=False, name=name, owner=owner)

    def apply(self, gradients: Sequence[Any], parameters: Sequence[Variable]) -> None:
        """Make one step, wholly or not at all.

        Args:
            gradients: an array for each parameter, of its shape.
            parameters: the same at every step.

        Raises:
            ValueError: if the parameters are others than before, or the counts differ.
            ShapeError: if a gradient has another shape than its parameter.
        """
        if parameters is not self._parameters:
            self._take(tuple(parameters))
        if len(gradients) != len(parameters):
            raise ValueError(
                f"{self.name}: {len(gradients)} gradients for {len(parameters)} parameters."
            )
        step = self.iterations._data + 1
        rate = self._rate._data if self._schedule is None else self.learning_rate._data
        rule, updates = self.rule, []
        for parameter, gradient, slots in zip(parameters, gradients, self._slots, strict=True):
            old = parameter._data
            if gradient.shape != old.shape:
                raise ShapeError(
                    f"{self.name}: the gradient of {parameter.path} has shape {gradient.shape}; "
                    f"the parameter has {old.shape}."
                )
            state = tuple([slot._data for slot in slots]) if slots else ()
            updates.append(rule(old, gradient, state, rate, step))
        for parameter, slots, (data, state) in zip(parameters, self._slots, updates, strict=True):
            parameter.replace(data)
            if slots:
                for slot, item in zip(slots, state, strict=True):
                    slot.replace(item)
        self.iterations.replace(step)

    def _take(self, parameters: tuple[Variable, ...]) -> None:
        known = self._parameters
        if [*map(id, parameters)] != [*map(id, known)]:
            self.build(parameters)
        self._parameters = parameters

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> None:
        """Make one step, given pairs of a gradient and its parameter; as `apply`."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [parameter for _, parameter in pairs])

    def number(
        self, name: str, given: Any, highest: float = math.inf, *, or_else: str = ""
    ) -> float:
        """Return a hyperparameter as a float.

        Raises `ValueError` if it is no number, or not finite, or not from 0 to `highest`.
        """
        try:
            number = math.nan if isinstance(given, (str, bytes, bool)) else float(given)
        except (TypeError, ValueError):
            number = math.nan
        if not (0 <= number <= highest and math.isfinite(number)):
            upper = "up" if highest == math.inf else f"to {highest}"
            also = f", or {or_else}" if or_else else ""
            raise ValueError(
                f"{type(self).__name__}: {name}={given!r} has to be a number from 0 {upper}{also}."
            )
        return number


def _names(parameters: Sequence[Variable]) -> str:
    return ", ".join(parameter.path for parameter in parameters) or "nothing"


def get(identifier: Any) -> Optimizer:
    """Return an optimizer by its name, class or configuration, or as it is.

    Raises `ValueError` for an unknown name.

    >>> type(get("sgd")).__name__, float(get("rmsprop").learning_rate)  # doctest: +ELLIPSIS
    ('SGD', 0.001...)
    """
    return Optimizer.registry.get(identifier)
