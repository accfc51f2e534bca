"""What a rule remembers: declared for one parameter, kept in Variables for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.keras.variable import Variable


class Slot(NamedTuple):
    """An array that a rule remembers for a parameter.

    >>> Slot("accumulator", fill=0.1).name
    'accumulator'
    """

    name: str | None
    """What follows the parameter's path in the variable's name; None for its bare name alone."""
    fill: float = 0.0
    """The number that it is full of at first."""
    shape: tuple[int, ...] | None = None
    """None for the parameter's."""
    dtype: Any = None
    """None for the parameter's."""
    group: int = 0
    """Variables are listed by group, in a group by parameter: files depend on that order."""
    shared: bool = False
    """Whether all parameters share one array, of the first one's dtype; it is listed last."""


def new_variable(owner: str, parameter: Variable, slot: Slot) -> Variable:
    """Return the variable of a slot, named as Keras names it."""
    shape = parameter.shape if slot.shape is None else slot.shape
    name = slot.name
    if name is None:
        name = parameter.name
    elif not slot.shared:
        name = f"{parameter.path.replace('/', '_')}_{name}"
    data = np.full(shape, slot.fill, slot.dtype or parameter.dtype)
    return Variable(data, trainable=False, name=name, owner=owner)


def new_slots(
    owner: str, parameters: Sequence[Variable], declare: Callable[[Variable], Sequence[Slot]]
) -> tuple[list[tuple[Variable, ...]], list[Variable]]:
    """Make the variables of all slots.

    Args:
        owner: the optimizer's name.
        parameters: what is trained.
        declare: returns the slots of a parameter.

    Returns:
        The variables of each parameter, in the order of its slots; and all, in Keras's order.
    """
    shared: dict[str | None, Variable] = {}
    grouped: dict[int, list[Variable]] = {}
    slots = []
    for parameter in parameters:
        own = []
        for slot in declare(parameter):
            if slot.shared:
                if slot.name not in shared:
                    shared[slot.name] = new_variable(owner, parameter, slot)
                own.append(shared[slot.name])
            else:
                own.append(new_variable(owner, parameter, slot))
                grouped.setdefault(slot.group, []).append(own[-1])
        slots.append(tuple(own))
    return slots, [*(v for group in sorted(grouped) for v in grouped[group]), *shared.values()]
