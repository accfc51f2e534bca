"""`Program`: operations on arrays in a straight line, every result named once.

What a tracer makes, what the passes change, and what the emitters read. It can be printed,
checked (`verify`) and run as it stands (`run`, slow, and the definition of what it means).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, product
from keyword import iskeyword
from string import ascii_lowercase
from typing import Any, NamedTuple, Protocol

import numpy as np


class Operation(Protocol):
    """What an instruction applies: a row of the table, or a function of plain data."""

    @property
    def name(self) -> str:
        """What a printed program calls it."""

    @property
    def forward(self) -> Callable[..., Any]:
        """The function of the operands' data and the parameters."""

    @property
    def scalar(self) -> str | None:
        """Of an elementwise one, its expression for one element."""


@dataclass(frozen=True, eq=False, slots=True)
class Var:
    """An array that is known when the program runs.

    Attributes:
        shape: the lengths of its axes.
        dtype: the dtype of its elements.
        weak: whether it is a Python number, which takes the dtype of what it meets.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    weak: bool = False

    @classmethod
    def like(cls, data: Any) -> Var:
        """Return a variable of the shape and dtype of an array or a number."""
        return cls(np.shape(data), np.result_type(data), type(data) in (bool, int, float))


@dataclass(frozen=True, eq=False, slots=True)
class Constant:
    """An array, or a Python number, that is known beforehand."""

    value: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return np.shape(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of its elements."""
        return np.result_type(self.value)


Atom = Var | Constant

_TAKEN = {"np", "math"}
"""Names that generated code uses for modules."""


class Instruction(NamedTuple):
    """One operation, and the name of its result."""

    operation: Operation
    operands: tuple[Atom, ...]
    params: dict[str, Any]
    result: Var


@dataclass(frozen=True)
class Program:
    """A function from arrays to arrays.

    Attributes:
        inputs: what it takes.
        instructions: what it does, in order.
        outputs: what it returns.
    """

    inputs: tuple[Var, ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[Atom, ...]

    def run(self, *arrays: Any) -> tuple[Any, ...]:
        """Return the outputs for some inputs, one operation after the other."""
        known: dict[Atom, Any] = dict(zip(self.inputs, arrays, strict=True))
        for operation, operands, params, result in self.instructions:
            data = [known[x] if isinstance(x, Var) else x.value for x in operands]
            known[result] = operation.forward(*data, **params)
        return tuple(known[x] if isinstance(x, Var) else x.value for x in self.outputs)

    def verify(self) -> Program:
        """Return the program, if each variable is defined once, and before it is used.

        Raises `ValueError` otherwise.
        """
        defined: set[Atom] = set(self.inputs)
        for instruction in self.instructions:
            self._require(instruction.operands, defined, instruction.operation.name)
            if instruction.result in defined:
                raise ValueError(f"program: {instruction.operation.name} defines a result again")
            defined.add(instruction.result)
        self._require(self.outputs, defined, "return")
        return self

    def _require(self, atoms: tuple[Atom, ...], defined: set[Atom], user: str) -> None:
        for atom in atoms:
            if atom not in defined and isinstance(atom, Var):
                raise ValueError(f"program: {user} uses a variable before it is defined")

    @property
    def needed(self) -> set[Atom]:
        """What operations, or the outputs, are made of."""
        return {x for step in self.instructions for x in step.operands} | {*self.outputs}

    def names(self) -> dict[Var, str]:
        """Return a name for each variable: a, b, ... z, aa, ab, ... in order."""
        variables = [*self.inputs, *(instruction.result for instruction in self.instructions)]
        return dict(zip(variables, _alphabet(), strict=False))

    def __str__(self) -> str:
        names = self.names()
        taken = ", ".join(f"{names[x]}: {type_of(x)}" for x in self.inputs)
        lines = [f"program({taken}):"]
        for operation, operands, params, result in self.instructions:
            words = [operation.name, *(text_of(x, names) for x in operands)]
            words += [f"{name}={item}" for name, item in params.items()]
            lines.append(f"    {names[result]}: {type_of(result)} = {' '.join(words)}")
        lines.append(f"    return {', '.join(text_of(x, names) for x in self.outputs)}")
        return "\n".join(lines)


def _alphabet() -> Iterator[str]:
    for length in count(1):
        for letters in product(ascii_lowercase, repeat=length):
            name = "".join(letters)
            if not iskeyword(name) and name not in _TAKEN:
                yield name


def type_of(atom: Atom) -> str:
    """Return the dtype and shape of an atom, as printed programs have them.

    >>> type_of(Constant(np.zeros((2, 3), np.float32)))
    'f32[2,3]'
    """
    kind = atom.dtype.kind
    name = "bool" if kind == "b" else f"{kind}{8 * atom.dtype.itemsize}"
    return f"{name}[{','.join(map(str, atom.shape))}]"


def text_of(atom: Atom, names: dict[Var, str]) -> str:
    """Return the name of a variable, or the number or type of a constant."""
    if isinstance(atom, Var):
        return names[atom]
    if atom.shape:
        return f"<{type_of(atom)}>"
    return str(atom.value)
