"""What optimizers share: a rate, a count of steps, and what happens around their rules."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np

from tinygrad_gates.core.traced import Traced
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.optimizers import checks
from tinygrad_gates.keras.optimizers.checks import ABOVE_0, FROM_0, FROM_0_TO_1, Interval
from tinygrad_gates.keras.optimizers.clipping import (
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
)
from tinygrad_gates.keras.optimizers.moments import cast, chosen
from tinygrad_gates.keras.optimizers.rate import LearningRate, Rate
from tinygrad_gates.keras.optimizers.schedules import deserialize as deserialize_schedule
from tinygrad_gates.keras.optimizers.slots import Slot, new_slots
from tinygrad_gates.keras.optimizers.stored_state import StoredState
from tinygrad_gates.keras.optimizers.update_step import UpdateStep, changes_of
from tinygrad_gates.keras.registry import Configurable, Registry, refuse_unknown
from tinygrad_gates.keras.tensors import as_array
from tinygrad_gates.keras.utils.naming import to_snake_case, unique_name
from tinygrad_gates.keras.variable import Variable

Slots: TypeAlias = tuple[Any, ...]
Changes: TypeAlias = list[tuple[Variable, Any]]


class Optimizer(UpdateStep, StoredState, Configurable):
    """Applies a pure update rule to parameters, and keeps what the rule remembers.

    A subclass defines `rule`, and `new_slots` if the rule has a memory; or, as for Keras,
    `update_step`, and `build` where variables are added.

    Args:
        learning_rate: a positive number, a `LearningRateSchedule`, or a function that returns
            one: of nothing, or of the number of steps done.
        weight_decay: before each update, this share of a parameter times the learning rate is
            taken off it, whatever the gradient (Loshchilov and Hutter, "Decoupled weight decay
            regularization", ICLR 2019).
        clipnorm: the largest 2-norm of each gradient; larger ones are scaled down.
        clipvalue: the largest magnitude of the gradients' entries; larger ones are cut.
        global_clipnorm: the largest 2-norm of all gradients together.
        use_ema: whether to keep a running mean of each parameter, for
            `finalize_variable_values`.
        ema_momentum: how much of that mean each step keeps, from 0 to 1.
        ema_overwrite_frequency: every so many steps the means replace the parameters.
        loss_scale_factor: None: there is no half precision here that would need it.
        gradient_accumulation_steps: every so many steps, 2 or more, one update is made, with
            the mean of their gradients.
        name: what messages call it.

    Raises:
        ValueError: for numbers outside their range, more than one kind of clipping, and for
            arguments that the optimizer does not know.
    """

    registry: ClassVar[Registry[Optimizer]] = Registry("optimizer")
    config_module = "keras.optimizers"

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if "lr" in unknown:
            raise ValueError(f"{type(self).__name__}: lr is called learning_rate.")
        if unknown.pop("decay", None) is not None:  # of Keras 2, which Keras 3 passes over as well
            warnings.warn(
                f"{type(self).__name__}: decay is passed over. Give a schedule as the learning "
                f"rate, such as InverseTimeDecay.",
                stacklevel=3,
            )
        refuse_unknown(self, unknown)
        self.weight_decay = self.optional("weight_decay", weight_decay)
        self.clipnorm = self.optional("clipnorm", clipnorm, ABOVE_0)
        self.clipvalue = self.optional("clipvalue", clipvalue, ABOVE_0)
        self.global_clipnorm = self.optional("global_clipnorm", global_clipnorm, ABOVE_0)
        if [clipnorm, clipvalue, global_clipnorm].count(None) < 2:
            raise ValueError(
                f"{type(self).__name__}: clipnorm={clipnorm}, clipvalue={clipvalue} and "
                f"global_clipnorm={global_clipnorm} exclude each other. Give one of them."
            )
        self.use_ema = use_ema
        self.ema_momentum = self.number("ema_momentum", ema_momentum, FROM_0_TO_1)
        self.ema_overwrite_frequency = checks.count(
            self, "ema_overwrite_frequency", ema_overwrite_frequency, 1
        )
        if loss_scale_factor is not None:
            raise ValueError(
                f"{type(self).__name__}: loss_scale_factor={loss_scale_factor!r} helps half "
                f"precision, and there is none here. Leave it None."
            )
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = checks.count(
            self, "gradient_accumulation_steps", gradient_accumulation_steps, 2
        )
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self._iterations = Variable(np.int64(0), trainable=False, name="iteration", owner=self.name)
        self._rate = Rate(self, learning_rate)
        self._excluded: tuple[Variable, ...] = ()
        self._excluded_names: re.Pattern[str] | None = None
        self._parameters: tuple[Variable, ...]
        self._slots: list[tuple[Variable, ...]]
        self._averages: list[Variable]
        self._sums: list[Variable]
        self._state: list[Variable]
        self._forget()

    # ---------------------------------------------------------------- what it is made of

    @property
    def learning_rate(self) -> Any:
        """The rate of the next step: a float32 Variable, or a float32 where a function makes it.

        Settable to a number, unless it is made by a function, to a schedule and to a function.
        """
        variable = self._rate.variable
        return self._rate.at(self._iterations._data) if variable is None else variable

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        self._rate.assign(rate)

    @property
    def iterations(self) -> Any:
        """The number of updates made: a Variable, or an integer where gradients accumulate."""
        steps = self.gradient_accumulation_steps
        return self._iterations._data // steps if steps else self._iterations

    @property
    def variables(self) -> list[Variable]:
        """The count of steps, the learning rate, then the state, in Keras's order."""
        return [*self._settings, *self._state, *self._added]

    @property
    def _settings(self) -> list[Variable]:
        rate = self._rate.variable
        return [self._iterations] if rate is None else [self._iterations, rate]

    @property
    def built(self) -> bool:
        """Whether there are parameters that it works on."""
        return bool(self._parameters)

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return what the rule remembers for a parameter; nothing by default."""
        return ()

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return a parameter and its state after one step, and change nothing.

        Written in operators and NumPy functions, so that it runs on arrays and on Values.

        Args:
            parameter: the numbers now.
            gradient: the derivative of the loss by them, of their shape and dtype.
            slots: the state, in the order of `new_slots`.
            learning_rate: a float32.
            step: the number of this update, from 1.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define rule.")

    def build(self, variables: Sequence[Variable]) -> None:
        """Begin to work on parameters, with fresh state; nothing if it works on them already.

        Raises `ValueError` if it works on others.
        """
        if self._parameters:
            self._positions(variables)
            return
        parameters = tuple(variables)

        def state(name: str, wanted: Any) -> list[Variable]:
            declared = (Slot(name),) if wanted else ()
            return new_slots(self.name, parameters, lambda _: declared)[1]

        averages = state("average", self.use_ema)
        sums = state("gradient_accumulator", self.gradient_accumulation_steps)
        slots, all_slots = new_slots(self.name, parameters, self.new_slots)
        self._averages, self._sums, self._slots = averages, sums, slots
        self._state = [*averages, *sums, *all_slots]
        self._parameters = parameters

    def _forget(self) -> None:
        """Be as before `build`, but for the count of steps and the learning rate."""
        self._parameters, self._slots = (), []
        self._averages, self._sums, self._state, self._added = [], [], [], []

    def _positions(self, variables: Sequence[Variable]) -> list[int]:
        """Return the places of variables among those it works on."""
        places = {id(variable): place for place, variable in enumerate(self._parameters)}
        unknown = [variable for variable in variables if id(variable) not in places]
        if unknown:
            raise ValueError(
                f"{self.name}: this optimizer trains {_names(self._parameters)}, and cannot go on "
                f"with {_names(unknown)}. Make a new optimizer for another model, or after "
                f"layers were added or unfrozen."
            )
        return [places[id(variable)] for variable in variables]

    # ------------------------------------------------------------------------- one step

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Make one step, wholly or not at all.

        Args:
            grads: an array for each parameter, of its shape; None leaves a parameter as it is.
            trainable_variables: the parameters: those of the first step, or some of them; None
                for all that it was built for.

        Raises:
            ValueError: if there are others than at first, if the counts differ, or if every
                gradient is None.
            ShapeError: if a gradient has another shape than its parameter.
            DtypeError: if a gradient is no real numbers.
        """
        if not grads:
            return
        variables = self._parameters if trainable_variables is None else trainable_variables
        if variables is not self._parameters or not variables:
            variables = self._taken(variables)
        if len(grads) != len(variables):
            raise ValueError(
                f"{self.name}: {len(grads)} gradients for {len(variables)} parameters."
            )
        self._take(self._changes(*self._fitting(variables, grads)))

    def _take(self, changes: Changes) -> None:
        for variable, data in changes:
            variable._replace(data)
        self._iterations._replace(self._iterations._data + 1)

    def stepper(self, variables: Sequence[Variable]) -> Callable[[Sequence[Any]], None]:
        """Return a function that makes a step with what `gradients` returned for variables.

        The same as `apply`, but for what need not be looked at again in every step.
        """
        variables = self._taken(variables)
        constrained = any(variable.constraint is not None for variable in variables)
        if self._has_features() or constrained or variables is not self._parameters:
            return lambda grads: self.apply(grads, variables)

        def step(grads: Sequence[Any]) -> None:
            numbers = [variable._data for variable in variables]
            self._take(self._updates(variables, numbers, grads, self._slots))

        return step

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Make one step, given pairs of a gradient and its parameter; as `apply`.

        Returns the number of steps made.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError(f"{self.name}.apply_gradients: there are no gradients.")
        self.apply([gradient for gradient, _ in pairs], [parameter for _, parameter in pairs])
        return self._iterations

    def _taken(self, variables: Sequence[Variable]) -> tuple[Variable, ...]:
        parameters = tuple(variables)
        if not self._parameters:
            self.build(parameters)
        elif [*map(id, parameters)] == [*map(id, self._parameters)]:
            self._parameters = parameters
        else:
            self._positions(parameters)
        return parameters

    def _fitting(
        self, variables: Sequence[Variable], grads: Sequence[Any]
    ) -> tuple[list[Variable], list[Any]]:
        """Return the variables that have a gradient, and gradients of their shape and dtype."""
        pairs = list(zip(variables, grads, strict=True))
        missing = [variable for variable, gradient in pairs if gradient is None]
        if missing and len(missing) == len(pairs):
            raise ValueError(f"{self.name}: there is a gradient for none of {_names(missing)}.")
        if missing:
            warnings.warn(f"{self.name}: no gradient for {_names(missing)}.", stacklevel=3)
        kept, fitting = [], []
        for variable, gradient in pairs:
            if gradient is None:
                continue
            what = f"{self.name}: the gradient of {variable.path}"
            array = as_array(gradient, what, variable.dtype)
            if array.shape != variable.shape:
                raise ShapeError(
                    f"{what} has shape {array.shape}; the parameter has {variable.shape}."
                )
            kept.append(variable)
            fitting.append(array[()])
        return kept, fitting

    def _updates(
        self,
        variables: Sequence[Variable],
        numbers: Sequence[Any],
        gradients: Sequence[Any],
        slots: Sequence[tuple[Variable, ...]],
    ) -> Changes:
        """Return what the rule makes of parameters with these numbers, and of their state."""
        rule, changes = self.rule, []
        done = self._iterations._data
        rate = self._rate.at(done)
        if type(self).update_step is not Optimizer.update_step:
            return self._assigned(variables, numbers, gradients, rate)
        if self.gradient_accumulation_steps:
            done = done // self.gradient_accumulation_steps
        step = done + 1
        for variable, old, gradient, own in zip(variables, numbers, gradients, slots, strict=True):
            state = tuple([slot._data for slot in own]) if own else ()
            data, state = rule(old, gradient, state, rate, step)
            changes.append((variable, data))
            if own:
                changes.extend(zip(own, state, strict=True))
        return changes

    def _assigned(
        self, variables: Sequence[Variable], numbers: Any, gradients: Any, rate: Any
    ) -> Changes:
        """Return what `update_step` assigns, beginning with these numbers."""

        def step() -> None:
            for variable, old in zip(variables, numbers, strict=True):
                variable._replace(old)
            for variable, gradient in zip(variables, gradients, strict=True):
                self.update_step(gradient, variable, rate)

        return changes_of(step, [*self._parameters, *self._added])

    # -------------------------------------------------------------- around the rule

    def _has_features(self) -> bool:
        return bool(
            self.use_ema
            or self.gradient_accumulation_steps
            or self.weight_decay
            or self.clipnorm
            or self.clipvalue
            or self.global_clipnorm
        )

    def _changes(self, variables: list[Variable], gradients: list[Any]) -> Changes:
        """Return all that a step changes, in order: later changes of a variable count."""
        places = self._positions(variables)
        due, changes, means = self._accumulated(places, gradients)
        if isinstance(due, Traced) or due:
            rate = self._rate.at(self._iterations._data)
            numbers = [self._decayed(variable, rate) for variable in variables]
            slots = [self._slots[place] for place in places]
            updates = self._updates(variables, numbers, self._clipped(means), slots)
            changes += [(v, chosen(due, new, v._data)) for v, new in updates]
        if self.use_ema:
            changes += self._averaged(dict(changes))
        newest = dict(changes)
        changes += [
            (variable, variable.constrained(newest.get(variable, variable._data)))
            for variable in variables
            if variable.constraint is not None
        ]
        return changes

    def _accumulated(self, places: list[int], gradients: list[Any]) -> tuple[Any, Changes, Any]:
        """Return whether an update is due, how sums of gradients change, and mean gradients."""
        every = self.gradient_accumulation_steps
        if not every:
            return True, [], gradients
        due = (self._iterations._data + 1) % every == 0
        sums = [self._sums[place] for place in places]
        totals = [g + total._data for g, total in zip(gradients, sums, strict=True)]
        newest = {id(s): total for s, total in zip(sums, totals, strict=True)}
        changes: Changes = []
        for each in self._sums:  # an update uses up those, too, that were given no gradient now
            zeros = np.zeros(each.shape, each.dtype)[()]
            changes.append((each, chosen(due, zeros, newest.get(id(each), each._data))))
        return due, changes, [total / every for total in totals]

    def _clipped(self, gradients: list[Any]) -> list[Any]:
        if self.clipnorm:
            return [clip_by_norm(gradient, self.clipnorm) for gradient in gradients]
        if self.global_clipnorm:
            return clip_by_global_norm(gradients, self.global_clipnorm)
        if self.clipvalue:
            return [clip_by_value(gradient, self.clipvalue) for gradient in gradients]
        return gradients

    def decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of a parameter; None or 0 for none."""
        return None if self.is_excluded(variable) else self.weight_decay

    def is_excluded(self, variable: Variable) -> bool:
        """Return whether `exclude_from_weight_decay` names a parameter."""
        names = self._excluded_names
        listed = any(variable is excluded for excluded in self._excluded)
        return listed or (names is not None and names.search(variable.name) is not None)

    def _decayed(self, variable: Variable, rate: Any) -> Any:
        decay, data = self.decay_of(variable), variable._data
        return data - data * decay * rate if decay else data

    def exclude_from_weight_decay(
        self,
        var_list: Iterable[Variable] | None = None,
        var_names: Iterable[str] | None = None,
    ) -> None:
        """Say which parameters `weight_decay` leaves alone, instead of what was said before.

        Args:
            var_list: parameters.
            var_names: regular expressions; a parameter in whose name one is found is left alone.
        """
        names = list(var_names or ())
        self._excluded = tuple(var_list or ())
        self._excluded_names = re.compile("|".join(names)) if names else None

    def _averaged(self, newest: dict[Variable, Any]) -> Changes:
        """Return the new running means, and the parameters that they replace if that is due."""
        done = self._iterations._data // (self.gradient_accumulation_steps or 1)
        keeps = chosen(done == 0, 0.0, self.ema_momentum)
        takes = chosen(done == 0, 1.0, 1 - self.ema_momentum)
        every = self.ema_overwrite_frequency
        due = (done + 1) % every == 0 if every else False
        changes: Changes = []
        for variable, average in zip(self._parameters, self._averages, strict=True):
            data = newest.get(variable, variable._data)
            mean = cast(keeps, data) * average._data + cast(takes, data) * data
            changes.append((average, mean))
            if isinstance(due, Traced) or due:
                changes.append((variable, chosen(due, mean.copy(), data)))
        return changes

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Replace parameters by their running means, if `use_ema` keeps them.

        Raises `ValueError` if they are not those that the optimizer works on.
        """
        if self.use_ema:
            averages = [self._averages[place] for place in self._positions(var_list)]
            for variable, average in zip(var_list, averages, strict=True):
                variable.assign(average)

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss as it is: there is no half precision that would need it larger."""
        return loss

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal optimizer, as plain data."""
        return {**super().get_config(), "learning_rate": self._rate.serialized()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an optimizer from what `get_config` returned, here or in Keras."""
        if isinstance(config.get("learning_rate"), dict):
            config = {**config, "learning_rate": deserialize_schedule(config["learning_rate"])}
        return super().from_config(config)

    def number(self, name: str, given: Any, interval: Interval = FROM_0) -> float:
        """Return a hyperparameter as a float.

        Raises `ValueError` if it is no number in the interval.
        """
        return checks.number(self, name, given, interval)

    def optional(self, name: str, given: Any, interval: Interval = FROM_0) -> float | None:
        """Return a hyperparameter that may be None; else as `number`."""
        return None if given is None else self.number(name, given, interval)


def _names(variables: Sequence[Variable]) -> str:
    return ", ".join(variable.path for variable in variables) or "nothing"
