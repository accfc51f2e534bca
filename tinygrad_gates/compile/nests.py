"""Groups of operations that one nest of loops computes: each pass over memory does all it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tinygrad_gates.compile.program import Atom, Instruction, Program, Var

REDUCTIONS = ("sum", "max", "min")


@dataclass
class Nest:
    """Operations that are computed element by element, over the same shape.

    Attributes:
        shape: what the loops run over.
        elementwise: what is computed for each element, in order.
        reductions: what is taken together of it.
        product: the matrix product that the nest is instead; or None.
    """

    shape: tuple[int, ...]
    elementwise: list[Instruction] = field(default_factory=list)
    reductions: list[Instruction] = field(default_factory=list)
    product: Instruction | None = None

    @property
    def steps(self) -> list[Instruction]:
        """All operations of the nest."""
        product = [self.product] if self.product else []
        return [*product, *self.elementwise, *self.reductions]

    @property
    def results(self) -> list[Var]:
        """What the operations compute."""
        return [step.result for step in self.steps]

    @property
    def reduced(self) -> set[Var]:
        """What the reductions and the product add up, element by element."""
        product = [self.product] if self.product else []
        return {step.result for step in [*product, *self.reductions]}


def is_elementwise(step: Instruction) -> bool:
    """Return whether an operation computes each element from those at the same place."""
    if step.operation.name == "matmul":  # of a column and a row
        return len(step.result.shape) == 2 and _inner(step) == 1 and _are_matrices(step)
    return step.operation.scalar is not None or step.operation.name in ("where", "astype")


def is_product(step: Instruction) -> bool:
    """Return whether an operation is a product of two matrices."""
    return step.operation.name == "matmul" and _are_matrices(step) and not is_elementwise(step)


def _are_matrices(step: Instruction) -> bool:
    return all(isinstance(x, Var) and len(x.shape) == 2 for x in step.operands)


def _inner(step: Instruction) -> int:
    first = step.operands[0]
    return first.shape[-1] if isinstance(first, Var) and first.shape else 0


def is_reduction(step: Instruction) -> bool:
    """Return whether an operation takes elements along axes together."""
    return step.operation.name in REDUCTIONS and isinstance(step.operands[0], Var)


def nests(program: Program, views: dict[Var, Var]) -> list[Nest]:
    """Return the nests that compute a program, in order.

    Args:
        program: of operations that `is_elementwise`, `is_product` and `is_reduction` know, and
            of views.
        views: for each view the array that its elements lie in.
    """
    remaining = [step for step in program.instructions if step.result not in views]
    known: set[Var] = set(program.inputs)
    found = []

    def available(atom: Atom) -> bool:
        return not isinstance(atom, Var) or views.get(atom, atom) in known

    while remaining:
        nest = _next(remaining, available)
        taken = {step.result for step in nest.steps}
        remaining = [step for step in remaining if step.result not in taken]
        known |= taken
        found.append(nest)
    return found


def _next(remaining: list[Instruction], available: Callable[[Atom], bool]) -> Nest:
    """Return the nest that begins with the first operation whose operands are known."""
    first = next(step for step in remaining if all(map(available, step.operands)))
    if is_product(first):
        return Nest(first.result.shape, product=first)
    nest = Nest(_looped(first))
    members: set[Atom] = set()
    for step in remaining:
        if is_product(step) or _looped(step) != nest.shape:
            continue
        if not all(x in members or available(x) for x in step.operands):
            continue
        if is_elementwise(step):
            nest.elementwise.append(step)
            members.add(step.result)
        else:
            nest.reductions.append(step)
    return nest


def _looped(step: Instruction) -> tuple[int, ...]:
    """Return what the loops of an operation run over."""
    first = step.operands[0]
    if is_elementwise(step) or not isinstance(first, Var):
        return step.result.shape
    return first.shape
