"""Optimizers as Keras has them written: a method that assigns to variables, not a pure rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.modes import no_grad


class UpdateStep:
    """What a subclass of `Optimizer` finds that defines `update_step` instead of `rule`.

    >>> import numpy as np
    >>> from tinygrad_gates.keras.optimizers import Optimizer
    >>> class Momentum(Optimizer):
    ...     def build(self, variables):
    ...         super().build(variables)
    ...         self.velocities = self.add_optimizer_variables(variables, "velocity")
    ...
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         velocity = self.velocities[self._get_variable_index(variable)]
    ...         self.assign(velocity, 0.5 * velocity - learning_rate * gradient)
    ...         self.assign_add(variable, velocity)
    >>> weight = Variable([1.0], name="w")
    >>> Momentum(learning_rate=0.25).apply([np.ones(1, np.float32)], [weight])
    >>> weight.numpy()
    array([0.75], dtype=float32)
    """

    name: str
    _parameters: tuple[Variable, ...]
    _added: list[Variable]

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change a parameter, and what was added for it, with `assign` and its kin.

        Args:
            gradient: an array of the parameter's shape and dtype.
            variable: the parameter.
            learning_rate: a float32.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define update_step or rule.")

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        *,
        name: str | None = None,
    ) -> Variable:
        """Return a variable that belongs to the optimizer's state, and is saved with it."""
        variable = Variable(
            initializer, tuple(shape), dtype, trainable=False, name=name, owner=self.name
        )
        self._added.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Return a variable as of `add_variable`, with a parameter's shape, dtype and path."""
        own_name = f"{reference_variable.path.replace('/', '_')}_{name or 'var'}"
        shape, dtype = reference_variable.shape, reference_variable.dtype
        return self.add_variable(shape, initializer, dtype, name=own_name)

    def add_optimizer_variables(
        self, trainable_variables: Iterable[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Return a variable for each parameter, in a list; for several names a tuple of lists.

        Raises `ValueError` if there are other counts of names and of initializers.
        """
        if isinstance(name, str):
            return self.add_optimizer_variables(trainable_variables, [name], initializer)[0]
        several = isinstance(initializer, (list, tuple))
        initializers = list(initializer) if several else [initializer] * len(name)
        if len(initializers) != len(name):
            raise ValueError(
                f"{self.name}: {len(name)} names and {len(initializers)} initializers."
            )
        pairs = list(zip(name, initializers, strict=True))
        rows = [
            [self.add_variable_from_reference(parameter, *pair) for pair in pairs]
            for parameter in trainable_variables
        ]
        return tuple([row[place] for row in rows] for place in range(len(pairs)))

    def assign(self, variable: Variable, value: Any) -> None:
        """Replace a variable's numbers."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable's numbers."""
        variable.assign(variable._data + _numbers(value))

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable's numbers."""
        variable.assign(variable._data - _numbers(value))

    def _get_variable_index(self, variable: Variable) -> int:
        places = [place for place, own in enumerate(self._parameters) if own is variable]
        if not places:
            raise ValueError(f"{self.name}: {variable.path} is none of the parameters.")
        return places[0]


def changes_of(
    step: Callable[[], None], variables: Sequence[Variable]
) -> list[tuple[Variable, Any]]:
    """Return what a function assigns to variables, which keep the numbers that they have."""
    before = [variable._data for variable in variables]
    try:
        with no_grad():
            step()
        after = [variable._data for variable in variables]
    finally:
        for variable, data in zip(variables, before, strict=True):
            variable._replace(data)
    return [
        (variable, new)
        for variable, old, new in zip(variables, before, after, strict=True)
        if new is not old
    ]


def _numbers(value: Any) -> Any:
    return value._data if isinstance(value, Value) else value
