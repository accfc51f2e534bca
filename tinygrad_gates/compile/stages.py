"""Stages of a program: kernels, which are loops, and calls of NumPy between them.

Products of large matrices are calls, as BLAS is quicker there; so are functions such as exp of many
numbers, which NumPy computes several at a time; and what is no loop over elements.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod

from tinygrad_gates.compile.calls import takes_out
from tinygrad_gates.compile.elements import View, view
from tinygrad_gates.compile.nests import is_elementwise, is_matrix_product, is_reduction, terms
from tinygrad_gates.compile.program import Atom, Instruction, Program, Var

LARGE_PRODUCT = 2**16
"""The number of multiplications from which a matrix product is a call."""
MANY = 2**12
"""The number of elements from which a function other than arithmetic is a call."""
_ARITHMETIC = {"abs", "sqrt", "maximum", "minimum", "fmax", "fmin", "floor", "ceil", "sign"}

_LEFT_TO_NUMPY = {"floor_divide", "heaviside", "sinc"}
"""Functions that Numba does not have, or computes otherwise."""


@dataclass
class Kernel:
    """Operations that one function of loops computes."""

    steps: list[Instruction]

    @property
    def results(self) -> set[Var]:
        """What the operations compute."""
        return {step.result for step in self.steps}

    @property
    def own_results(self) -> set[Var]:
        """The results that surely share no memory with operands."""
        return self.results


@dataclass
class Call:
    """An operation that NumPy computes."""

    step: Instruction

    @property
    def own_results(self) -> set[Var]:
        """The result, if it surely shares no memory with an operand."""
        return {self.step.result} if takes_out(self.step) else set()


Stage = Kernel | Call


class Staged:
    """A program in stages.

    Attributes:
        views: the results that only say where elements of other arrays are.
        stages: what computes the others, in order.
        late: the results that no call needs, which the last stage computes, a kernel.
    """

    def __init__(self, program: Program) -> None:
        self.views: dict[Var, View] = {}
        looped, called = [], []
        for step in program.instructions:
            if is_loop(step):
                looped.append(step)
            elif (found := view(step)) is not None:
                self.views[step.result] = found
            else:
                called.append(step)
        needed = self._needed_by(program, called)
        self._holders: dict[Var, set[Var]] = {}
        for step in called:
            if not takes_out(step):
                self._holders[step.result] = {step.result, *self.holders(step.operands)}
        self._known = set(program.inputs)
        early = [step for step in looped if step.result in needed]
        self.stages = list(self._in_turns(early, called))
        late = [step for step in looped if step.result not in needed]
        self.late = {step.result for step in late}
        if late:
            self.stages.append(Kernel(late))

    def root(self, atom: Atom) -> Atom:
        """Return the atom in whose memory the elements of an atom lie."""
        while isinstance(atom, Var) and atom in self.views:
            atom = self.views[atom].step.operands[0]
        return atom

    def roots(self, atoms: Iterable[Atom]) -> list[Var]:
        """Return the variables among the roots."""
        return [root for atom in atoms if isinstance(root := self.root(atom), Var)]

    def holders(self, atoms: Iterable[Atom]) -> frozenset[Var]:
        """Return all variables in whose memory the elements of atoms may lie."""
        return frozenset(x for root in self.roots(atoms) for x in self._holders.get(root, {root}))

    def _needed_by(self, program: Program, called: list[Instruction]) -> set[Var]:
        needed = {x for step in called for x in self.roots(step.operands)}
        for step in reversed(program.instructions):
            if step.result in needed:
                needed.update(self.roots(step.operands))
        return needed

    def _in_turns(
        self, looped: Sequence[Instruction], called: Sequence[Instruction]
    ) -> Iterable[Stage]:
        while looped or called:
            ready, looped = self._ready(looped)
            if ready:
                yield Kernel(ready)
            ready, called = self._ready(called)
            yield from map(Call, ready)

    def _ready(self, steps: Sequence[Instruction]) -> tuple[list[Instruction], list[Instruction]]:
        """Return the steps whose operands are known by then, and the others."""
        ready, waiting = [], []
        for step in steps:
            if self._known.issuperset(self.roots(step.operands)):
                ready.append(step)
                self._known.add(step.result)
            else:
                waiting.append(step)
        return ready, waiting


def is_loop(step: Instruction) -> bool:
    """Return whether an operation is computed by loops of ours."""
    if is_matrix_product(step):
        return prod(step.result.shape) * terms(step) < LARGE_PRODUCT
    if step.operation.scalar is not None:
        functions = _functions(step.operation.scalar)
        if functions & _LEFT_TO_NUMPY:
            return False
        if prod(step.result.shape) >= MANY:
            return functions <= _ARITHMETIC
    return is_elementwise(step) or is_reduction(step)


@cache
def _functions(scalar: str) -> frozenset[str]:
    """Return the functions that an expression for one element calls."""
    tree = ast.parse(scalar.format(*"abcdefgh"), mode="eval")
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    powers = [node for node in ast.walk(tree) if isinstance(node, ast.Pow)]
    return frozenset([*map(ast.unparse, calls), *(["power"] if powers else [])])
