"""Giving each output of a program memory of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygrad_gates.compile.program import Atom, Instruction, Program, Var
from tinygrad_gates.compile.stages import Staged


class _Copy:
    """An operation that only a compiled program has."""

    name = "copy"
    scalar = "{0}"

    def forward(self, x: Any) -> Any:
        return np.copy(x)


_COPY = _Copy()


def with_own_outputs(program: Program, carried: Mapping[int, int]) -> Program:
    """Return a program whose outputs are results of operations, each only once.

    So are arrays, and what is carried; other single numbers may be returned as they came.

    Args:
        program: any program.
        carried: which outputs are carried, as for `NumbaCode`.
    """
    staged = Staged(program)
    computed = {x for stage in staged.stages for x in stage.own_results}
    steps = list(program.instructions)
    outputs: list[Atom] = []

    def may_stay(place: int, atom: Atom) -> bool:
        if place in carried.values():
            return atom in staged.late and atom not in outputs
        return (atom in computed and atom not in outputs) or (
            not atom.shape and atom not in staged.views
        )

    for place, atom in enumerate(program.outputs):
        if not may_stay(place, atom):
            result = Var(atom.shape, atom.dtype)
            steps.append(Instruction(_COPY, (atom,), {}, result))
            atom = result
        outputs.append(atom)
    return Program(program.inputs, tuple(steps), tuple(outputs))


def replaced(program: Program, carried: Mapping[int, int]) -> dict[Var, Var]:
    """Return for each output that is carried the input that it replaces.

    The program's outputs have to be results of operations, as `with_own_outputs` makes them.
    """
    found = {}
    for place, output in carried.items():
        result = program.outputs[output]
        assert isinstance(result, Var)
        found[result] = program.inputs[place]
    return found
