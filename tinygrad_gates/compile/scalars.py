"""Programs on single numbers: equal operations of one depth run as one operation on arrays.

A graph of scalar Values, as micrograd draws them, is a long program of tiny steps. All numbers
get a place in one array for each dtype, those of equal operations next to each other; a level of
the graph then is a few operations on parts of these arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.compile.nests import is_elementwise
from tinygrad_gates.compile.program import Atom, Constant, Instruction, Operation, Program, Var
from tinygrad_gates.ops.indexing import getitem

Array = np.ndarray[Any, Any]

WORTHWHILE = 100
"""The least number of operations for which arrays are quicker than the operations themselves."""


def by_levels(program: Program) -> Program:
    """Run a program on single numbers level by level, if it is one, and is long enough.

    >>> from tinygrad_gates.compile.lower import lower
    >>> def total(numbers):
    ...     return sum([x * x for x in numbers])
    >>> program = by_levels(lower(total, ([float(n) for n in range(100)],), {}).program)
    >>> [step.operation.name for step in program.instructions]
    ['levels', 'getitem']
    >>> program.run(*map(float, range(100)))
    (np.float64(328350.0),)
    """
    if len(program.instructions) < WORTHWHILE or not all(map(_is_scalar, program.instructions)):
        return program
    levels = Levels(program)
    numbers = Var((len(program.outputs),), np.dtype(float))
    steps = [Instruction(levels, program.inputs, {}, numbers)]
    outputs = []
    for place, atom in enumerate(program.outputs):
        result = Var((), np.dtype(float))
        if isinstance(atom, Var):
            steps.append(Instruction(getitem, (numbers,), {"index": place}, result))
        outputs.append(result if isinstance(atom, Var) else atom)
    return Program(program.inputs, tuple(steps), tuple(outputs))


def _is_scalar(step: Instruction) -> bool:
    return (
        is_elementwise(step)
        and not step.params
        and not step.result.shape
        and step.result.dtype in (np.dtype(float), np.dtype(bool))
        and all(_fits(x) for x in step.operands)
    )


def _fits(atom: Atom) -> bool:
    if atom.shape or isinstance(atom, Constant):
        return not atom.shape
    return atom.dtype == float or (atom.dtype == bool and not atom.weak)


class Part(NamedTuple):
    """Some numbers of one of the arrays: next to each other, or anywhere."""

    dtype: np.dtype[Any]
    where: slice | Array

    def of(self, arrays: dict[np.dtype[Any], Array]) -> Array:
        """Return the numbers."""
        return arrays[self.dtype][self.where]


class Group(NamedTuple):
    """Equal operations that are computed together."""

    operation: Operation
    operands: tuple[Part | Any, ...]
    result: Part


class Levels:
    """The operation that a whole program on single numbers becomes."""

    name = "levels"
    scalar = None

    def __init__(self, program: Program) -> None:
        self._places: dict[Atom, int] = {}
        self._sizes: dict[np.dtype[Any], int] = defaultdict(int)
        self._constants: list[Constant] = []
        for variable in program.inputs:
            self._place(variable)
        self._groups = [self._group(steps) for steps in _grouped(program.instructions)]
        self._inputs = len(program.inputs)
        self._outputs = self._part(program.outputs)
        self._start = {dtype: np.zeros(size, dtype) for dtype, size in self._sizes.items()}
        for constant in self._constants:
            self._start[_dtype(constant)][self._places[constant]] = constant.value

    def _place(self, atom: Atom) -> int:
        if atom not in self._places:
            dtype = _dtype(atom)
            self._places[atom] = self._sizes[dtype]
            self._sizes[dtype] += 1
            if isinstance(atom, Constant):
                self._constants.append(atom)
        return self._places[atom]

    def _group(self, steps: Sequence[Instruction]) -> Group:
        operands = [self._operand(each) for each in zip(*(s.operands for s in steps), strict=True)]
        return Group(steps[0].operation, tuple(operands), self._part([s.result for s in steps]))

    def _operand(self, atoms: Sequence[Atom]) -> Part | Any:
        first = atoms[0]
        if isinstance(first, Constant) and all(atom is first for atom in atoms):
            return first.value
        return self._part(atoms)

    def _part(self, atoms: Sequence[Atom]) -> Part:
        places = np.array([self._place(atom) for atom in atoms], np.intp)
        dtype = _dtype(atoms[0]) if atoms else np.dtype(float)
        if len(places) and (np.diff(places) == 1).all():
            return Part(dtype, slice(int(places[0]), int(places[-1]) + 1))
        return Part(dtype, places)

    def forward(self, *numbers: Any) -> Array:
        """Return the outputs for the numbers that the program takes."""
        arrays = {dtype: array.copy() for dtype, array in self._start.items()}
        arrays[np.dtype(float)][: self._inputs] = numbers
        for operation, operands, result in self._groups:
            data = [x.of(arrays) if isinstance(x, Part) else x for x in operands]
            arrays[result.dtype][result.where] = operation.forward(*data)
        return self._outputs.of(arrays).copy()


def _dtype(atom: Atom) -> np.dtype[Any]:
    return np.dtype(bool) if atom.dtype == bool else np.dtype(float)


def _grouped(steps: Iterable[Instruction]) -> list[list[Instruction]]:
    """Return operations that can be computed together, in an order in which they can."""
    depths: dict[Atom, int] = {}
    groups: dict[Hashable, list[Instruction]] = defaultdict(list)
    for step in steps:
        depth = 1 + max((depths.get(x, 0) for x in step.operands), default=0)
        depths[step.result] = depth
        groups[depth, step.operation, _exponent(step), step.result.dtype].append(step)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]  # type: ignore[index]


def _exponent(step: Instruction) -> Any:
    """Return the exponent of a power, which decides how it is computed."""
    last = step.operands[-1]
    return last.value if step.operation.name == "power" and isinstance(last, Constant) else None
