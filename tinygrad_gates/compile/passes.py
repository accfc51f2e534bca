"""Passes: each makes of a program a simpler one that computes the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from tinygrad_gates.compile.program import Atom, Constant, Instruction, Program, Var

Pass = Callable[[Program], Program]


def simplified(program: Program) -> Program:
    """Return the program after all passes."""
    for change in (without_copies, folded, shared, live):
        program = change(program)
    return program.verify()


# ------------------------------------------------------------------------ one pass each


def without_copies(program: Program) -> Program:
    """Use what is copied instead of the copy: no array changes while a program runs."""
    return _rewritten(program, lambda step: step.operands[0] if _copies(step) else None)


def _copies(step: Instruction) -> bool:
    name, (first, *_), result = step.operation.name, step.operands, step.result
    if name not in ("identity", "positive", "astype", "reshape", "broadcast_to"):
        return False
    return isinstance(first, Var) and not first.weak and _alike(first, result)


def _alike(a: Var, b: Var) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype


def folded(program: Program) -> Program:
    """Compute beforehand what depends on constants alone."""

    def constant(step: Instruction) -> Constant | None:
        values = [x.value for x in step.operands if isinstance(x, Constant)]
        if len(values) < len(step.operands):
            return None
        return Constant(step.operation.forward(*values, **step.params))

    return _rewritten(program, constant)


def shared(program: Program) -> Program:
    """Compute once what is computed twice."""
    found: dict[Hashable, Var] = {}

    def earlier(step: Instruction) -> Var | None:
        key = _key(step)
        if key is None:
            return None
        known = found.setdefault(key, step.result)
        return None if known is step.result else known

    return _rewritten(program, earlier)


def live(program: Program) -> Program:
    """Leave out what no output depends on."""
    needed = {x for x in program.outputs if isinstance(x, Var)}
    kept = []
    for step in reversed(program.instructions):
        if step.result in needed:
            kept.append(step)
            needed.update(x for x in step.operands if isinstance(x, Var))
    return Program(program.inputs, tuple(reversed(kept)), program.outputs)


# ------------------------------------------------------------------------ what they share


def _rewritten(program: Program, instead: Callable[[Instruction], Atom | None]) -> Program:
    """Leave out the instructions for whose results something stands already."""
    standing: dict[Atom, Atom] = {}
    kept = []
    for step in program.instructions:
        if not standing.keys().isdisjoint(step.operands):
            step = step._replace(operands=tuple(standing.get(x, x) for x in step.operands))
        atom = instead(step)
        if atom is None:
            kept.append(step)
        else:
            standing[step.result] = atom
    outputs = tuple(standing.get(x, x) for x in program.outputs)
    return Program(program.inputs, tuple(kept), outputs)


def _key(step: Instruction) -> Hashable | None:
    """Return what equal instructions have in common; None if that cannot be told."""
    operands = tuple(x if isinstance(x, Var) else _constant_key(x.value) for x in step.operands)
    params = tuple((name, _constant_key(item)) for name, item in sorted(step.params.items()))
    key = (step.operation, operands, params)
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _constant_key(value: Any) -> Hashable:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, tuple):
        return tuple(_constant_key(item) for item in value)
    if isinstance(value, slice):
        return slice, value.start, value.stop, value.step
    if isinstance(value, float):
        return type(value), np.float64(value).tobytes()  # 0.0 and -0.0 are different numbers
    return type(value), value


# ------------------------------------------------------------------------ comparing programs


def are_same(one: Program, other: Program) -> bool:
    """Return whether two programs do the same operations on the same constants, in order."""
    return _description(one) == _description(other)


def _description(program: Program) -> list[Hashable]:
    names = program.names()

    def described(atom: Atom) -> Hashable:
        return names[atom] if isinstance(atom, Var) else _constant_key(atom.value)

    lines: list[Hashable] = [
        (
            step.operation.name,
            *map(described, step.operands),
            *((name, _constant_key(item)) for name, item in step.params.items()),
            *map(_constant_key, getattr(step.operation, "filled", ())),
        )
        for step in program.instructions
    ]
    return [*lines, *map(described, program.outputs)]
