"""Which results of a program share memory, and for how long each is needed."""

from __future__ import annotations

from collections import defaultdict

from tinygrad_gates.compile.program import Atom, Program, Var


class Plan:
    """A place for each result that may be overwritten later.

    Args:
        program: what is planned for.
        writable: the results that an emitter can write into memory that it is given.
        in_place: those that may be written over an operand of the same shape.

    Attributes:
        places: for each result that has one, the number of its buffer.
        buffers: a variable of the shape and dtype of each buffer.
    """

    def __init__(self, program: Program, writable: set[Var], in_place: set[Var]) -> None:
        self.places: dict[Var, int] = {}
        self.buffers: list[Var] = []
        self._in_place = in_place
        self._sources = _sources(program, writable)
        kept = self._held_by(program.outputs)
        self._assign(program, {x for x in writable if x.shape} - kept)

    def _held_by(self, atoms: tuple[Atom, ...]) -> set[Var]:
        return {source for x in atoms if isinstance(x, Var) for source in self._sources[x]}

    def _assign(self, program: Program, placed: set[Var]) -> None:
        ends: dict[int, set[Var]] = defaultdict(set)
        for source, place in self._last_uses(program).items():
            if source in placed:
                ends[place].add(source)
        free: dict[tuple[object, ...], list[int]] = defaultdict(list)

        def release(variables: set[Var]) -> None:
            for variable in variables:
                free[_kind(variable)].append(self.places[variable])

        for place, step in enumerate(program.instructions):
            over: set[Var] = set()
            if step.result in placed:
                if step.result in self._in_place:
                    over = {x for x in ends[place] & set(step.operands) if x in self.places}
                    release(over)
                self.places[step.result] = self._buffer(step.result, free)
            release(ends[place] - over)

    def _last_uses(self, program: Program) -> dict[Var, int]:
        last: dict[Var, int] = {}
        for place, step in enumerate(program.instructions):
            last[step.result] = place
            for source in self._held_by(step.operands):
                last[source] = place
        return last

    def _buffer(self, variable: Var, free: dict[tuple[object, ...], list[int]]) -> int:
        if fitting := free[_kind(variable)]:
            return fitting.pop()
        self.buffers.append(variable)
        return len(self.buffers) - 1


def _kind(variable: Var) -> tuple[object, ...]:
    return variable.shape, variable.dtype


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
