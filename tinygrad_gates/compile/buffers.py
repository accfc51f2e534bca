"""Which results of a program share memory, and for how long each is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.compile.program import Program, Var


class Moment(NamedTuple):
    """What happens at one time while a program runs.

    Attributes:
        made: the results that are computed.
        read: the variables in whose memory the operands lie.
        over: those of them that a result of the same shape and dtype may be written over.
    """

    made: tuple[Var, ...]
    read: frozenset[Var]
    over: frozenset[Var] = frozenset()


class Plan:
    """A place for each result that may be overwritten later.

    Args:
        moments: what happens, in order.
        placed: the results that get a place.

    Attributes:
        places: for each of these the number of its buffer.
        buffers: a variable of the shape and dtype of each buffer.
    """

    def __init__(self, moments: Sequence[Moment], placed: Iterable[Var]) -> None:
        self.places: dict[Var, int] = {}
        self.buffers: list[Var] = []
        self._free: dict[tuple[object, ...], list[int]] = defaultdict(list)
        wanted = set(placed)
        ends = _ends(moments, wanted)
        for time, moment in enumerate(moments):
            over = moment.over & ends[time] & self.places.keys()
            self._release(over)
            for result in moment.made:
                if result in wanted:
                    self.places[result] = self._buffer(result)
            self._release(ends[time] - over)

    def unpacking(self, *endings: str) -> list[str]:
        """Return lines that give what is in `buffers` the names _0, _1 and so on.

        Then, for each ending, likewise with the ending.
        """
        numbers = range(len(self.buffers))
        names = [f"_{number}{ending}" for ending in ("", *endings) for number in numbers]
        return [f"[{', '.join(names)}] = buffers"] if names else []

    def _release(self, variables: Iterable[Var]) -> None:
        for variable in sorted(variables, key=self.places.__getitem__):
            self._free[_kind(variable)].append(self.places[variable])

    def _buffer(self, variable: Var) -> int:
        if fitting := self._free[_kind(variable)]:
            return fitting.pop()
        self.buffers.append(variable)
        return len(self.buffers) - 1


def _ends(moments: Sequence[Moment], wanted: set[Var]) -> dict[int, set[Var]]:
    """Return for each time the variables that are not needed after it."""
    last: dict[Var, int] = {}
    for time, moment in enumerate(moments):
        last |= dict.fromkeys(moment.read | set(moment.made), time)
    ends: dict[int, set[Var]] = defaultdict(set)
    for variable, time in last.items():
        if variable in wanted:
            ends[time].add(variable)
    return ends


def _kind(variable: Var) -> tuple[object, ...]:
    return variable.shape, variable.dtype


def one_by_one(program: Program, writable: set[Var], in_place: set[Var]) -> Plan:
    """Return a plan for operations that run one after the other.

    Args:
        program: what is planned for.
        writable: the results that can be written into memory that is given.
        in_place: those that may be written over an operand of the same shape.
    """
    sources = _sources(program, writable)

    def held_by(atoms: Iterable[object]) -> frozenset[Var]:
        return frozenset(source for x in atoms if isinstance(x, Var) for source in sources[x])

    moments = [
        Moment(
            (step.result,),
            held_by(step.operands),
            frozenset(x for x in step.operands if isinstance(x, Var) and step.result in in_place),
        )
        for step in program.instructions
    ]
    return Plan(moments, {x for x in writable if x.shape} - held_by(program.outputs))


def _sources(program: Program, writable: set[Var]) -> dict[Var, set[Var]]:
    """Return for each variable those in whose memory it may lie."""
    sources: dict[Var, set[Var]] = {x: {x} for x in program.inputs}
    for step in program.instructions:
        own = {step.result}
        if step.result.shape and step.result not in writable:  # it may be a view of any operand
            for operand in step.operands:
                if isinstance(operand, Var):
                    own |= sources[operand]
        sources[step.result] = own
    return sources


class Pool:
    """Arrays to write into, each set of them for one call at a time.

    Args:
        buffers: a variable of the shape and dtype of each array.
        flat: whether each array is also given with all its elements along one axis, after all.
    """

    def __init__(self, buffers: Sequence[Var], flat: bool = False) -> None:
        self._kinds = [(x.shape, x.dtype) for x in buffers]
        self._flat = flat
        self._free: list[list[np.ndarray[Any, Any]]] = []

    def take(self) -> list[np.ndarray[Any, Any]]:
        """Return arrays that nobody else uses until they are given back."""
        try:
            return self._free.pop()
        except IndexError:
            arrays = [np.empty(shape, dtype) for shape, dtype in self._kinds]
            return arrays + ([array.reshape(-1) for array in arrays] if self._flat else [])

    def give_back(self, arrays: list[np.ndarray[Any, Any]]) -> None:
        """Let another call use the arrays."""
        self._free.append(arrays)
