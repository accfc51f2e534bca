"""Groups of operations that one nest of loops computes: each pass over memory does all it can."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import prod

from tinygrad_gates.compile.program import Atom, Instruction, Var

REDUCTIONS = ("sum", "max", "min")
SHORT = 8
"""The number of terms up to which an element of a matrix product is one expression."""

Root = Callable[[Atom], Atom]
"""From an atom to the one in whose memory its elements lie."""


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
    """Return whether one expression computes each element of the result."""
    if step.operation.name == "matmul":
        return is_matrix_product(step) and 0 < terms(step) <= SHORT
    return step.operation.scalar is not None or step.operation.name in ("where", "astype")


def is_product(step: Instruction) -> bool:
    """Return whether an operation is a product of matrices that has loops of its own."""
    return is_matrix_product(step) and not is_elementwise(step)


def is_matrix_product(step: Instruction) -> bool:
    """Return whether an operation is a product of two matrices."""
    return step.operation.name == "matmul" and all(len(x.shape) == 2 for x in step.operands)


def terms(step: Instruction) -> int:
    """Return of how many terms an element of a matrix product is the sum."""
    return step.operands[0].shape[-1]


def keeps_places(step: Instruction) -> bool:
    """Return whether each element comes from those at the same place in the operands."""
    return is_elementwise(step) and step.operation.name != "matmul"


def is_reduction(step: Instruction) -> bool:
    """Return whether an operation takes elements along axes together."""
    return step.operation.name in REDUCTIONS and isinstance(step.operands[0], Var)


def nests(steps: Sequence[Instruction], root: Root, known: Collection[Var]) -> list[Nest]:
    """Return the nests that compute some operations, in order.

    Args:
        steps: operations that `is_elementwise`, `is_product` and `is_reduction` know.
        root: where the elements of an operand lie.
        known: what is computed before.
    """
    remaining, computed, found = list(steps), set(known), []

    def available(atom: Atom) -> bool:
        place = root(atom)
        return not isinstance(place, Var) or place in computed

    while remaining:
        nest = _next(remaining, available, root)
        taken = {step.result for step in nest.steps}
        remaining = [step for step in remaining if step.result not in taken]
        computed |= taken
        found.append(nest)
    return found


def _next(remaining: list[Instruction], available: Callable[[Atom], bool], root: Root) -> Nest:
    """Return the nest that begins with the first operation whose operands are known."""
    first = next(step for step in remaining if all(map(available, step.operands)))
    if is_product(first):
        return Nest(first.result.shape, product=first)
    shape, members, fitting = _looped(first), set[Atom](), []
    for step in remaining:
        if is_product(step) or _looped(step) != shape:
            continue
        inside = members if keeps_places(step) or is_reduction(step) else ()
        if all(x in inside or available(x) for x in step.operands):
            fitting.append(step)
            if is_elementwise(step):
                members.add(step.result)
    together = _connected(fitting, root)
    return Nest(
        shape,
        [step for step in together if is_elementwise(step)],
        [step for step in together if not is_elementwise(step)],
    )


def _connected(steps: list[Instruction], root: Root) -> list[Instruction]:
    """Return those of some operations that share memory with the first, or with such a one.

    Nothing is won by computing others with them, and a compiler would have to make sure that
    what they write is not what others read.
    """
    size = prod(_looped(steps[0]))
    if size <= 1:
        return steps
    touched = [_large(step, size, root) for step in steps]
    reached, kept = set(touched[0]), {0}
    grown = True
    while grown:
        grown = False
        for place, variables in enumerate(touched):
            if place not in kept and not reached.isdisjoint(variables):
                reached |= variables
                kept.add(place)
                grown = True
    return [step for place, step in enumerate(steps) if place in kept]


def _large(step: Instruction, size: int, root: Root) -> set[Var]:
    """Return what a step reads and makes that has an element for each turn of the loops."""
    touched = [step.result, *map(root, step.operands)]
    return {x for x in touched if isinstance(x, Var) and prod(x.shape) >= size}


def _looped(step: Instruction) -> tuple[int, ...]:
    """Return what the loops of an operation run over."""
    first = step.operands[0]
    if is_elementwise(step) or not isinstance(first, Var):
        return step.result.shape
    return first.shape
