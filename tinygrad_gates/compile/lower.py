"""Lowering: running a function once on data that is followed, which makes a `Program`."""

from __future__ import annotations

import pickle
import random as python_random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import Any, Literal, NamedTuple

import numpy as np

from tinygrad_gates import modes, random, trees
from tinygrad_gates.compile.program import Atom, Constant, Instruction, Operation, Program, Var
from tinygrad_gates.core import Value
from tinygrad_gates.core.plain import PlainFunction, raw
from tinygrad_gates.core.primitive import Primitive
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.errors import TraceError
from tinygrad_gates.random.streams import State


class Place(NamedTuple):
    """Where an input of a program is read, or an output is written.

    Attributes:
        leaf: the number of the argument's leaf, in order.
        attribute: what of it: a Value's "data" or "grad"; None for the leaf itself.
    """

    leaf: int
    attribute: str | None = None

    def read(self, leaves: Sequence[Any]) -> Any:
        """Return the data that is there."""
        leaf = leaves[self.leaf]
        if self.attribute is None:
            return leaf
        return leaf._data if self.attribute == "data" else leaf.grad

    def write(self, leaves: Sequence[Any], data: Any) -> None:
        """Replace the data that is there."""
        if self.attribute == "data":
            leaves[self.leaf]._replace(data)
        else:
            leaves[self.leaf].grad = data


@dataclass(frozen=True)
class Lowered:
    """A program, and where its inputs come from and its outputs go.

    Attributes:
        program: from the data that is read to that of the result's leaves, then what is written.
        reads: for each input where it is, among the leaves of the arguments.
        writes: likewise for the outputs that change Values among the arguments.
        result: the result of the run that was followed, with a `Leaf` for each leaf.
    """

    program: Program
    reads: tuple[Place, ...]
    writes: tuple[Place, ...]
    result: Any

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the program's inputs for the leaves of some arguments."""
        return [place.read(leaves) for place in self.reads]

    def write(self, leaves: Sequence[Any], outputs: Sequence[Any]) -> None:
        """Change the Values among the arguments' leaves that the function changes."""
        if self.writes:
            for place, data in zip(self.writes, outputs[-len(self.writes) :], strict=True):
                place.write(leaves, data)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of a result.

    Attributes:
        kind: an array, a constant Value that holds one, or a Value that a gradient flows to.
        number: how many leaves come before it.
    """

    kind: Literal["array", "constant", "recorded"]
    number: int


def lower(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    integers: bool = True,
) -> Lowered:
    """Run a function on its arguments, and return the program of what it did with arrays.

    The arguments are as before afterwards, also where the function changes Values among them.

    Args:
        function: a function of nested lists, tuples and dicts of arrays, numbers and Values.
        args: the data of the run; what is none of these belongs to the program.
        kwargs: likewise.
        integers: whether integers of Python are data; otherwise they belong to the program.

    Raises:
        TraceError: if the function needs the numbers of an array before they are computed, or
            uses Values from elsewhere.
    """
    try:
        return _lowered(function, args, kwargs, ProgramTracer(integers))
    except np.linalg.LinAlgError:  # perhaps of a matrix that is full of one number
        return _lowered(function, args, kwargs, ProgramTracer(integers, most_kept=sys.maxsize))


def _lowered(
    function: Callable[..., Any], args: Any, kwargs: Any, tracer: ProgramTracer
) -> Lowered:
    followed_args, followed_kwargs = tracer.follow((args, kwargs))
    streams = _Streams.now()
    try:
        # What the numbers are means nothing, and so do warnings of them.
        with modes.traced_by(tracer), np.errstate(all="ignore"):
            result = function(*followed_args, **followed_kwargs)
        writes = tracer.changes()
    finally:
        tracer.restore()
    streams.refuse_draws()
    outputs = [raw(leaf) for leaf in trees.leaves(result)] + list(writes.values())
    atoms = tuple(tracer.atom(data) for data in outputs)
    program = Program(tuple(tracer.inputs), tuple(tracer.instructions), atoms)
    numbers = count()
    leaves = trees.transform(lambda leaf: Leaf(_kind(leaf), next(numbers)), result)
    return Lowered(program.verify(), tuple(tracer.inputs.values()), tuple(writes), leaves)


def is_fixed(leaf: Any) -> bool:
    """Return whether a leaf of the arguments that is no data always means the same."""
    return isinstance(leaf, (str, bytes, bool, int, np.dtype, Enum)) or callable(leaf)


def _kind(leaf: Any) -> Literal["array", "constant", "recorded"]:
    if not isinstance(leaf, Value):
        return "array"
    return "recorded" if leaf.requires_grad else "constant"


class _Streams(NamedTuple):
    """Where the streams of random numbers are that a function may draw from."""

    ours: State
    of_numpy: dict[str, Any]
    of_python: Any

    @classmethod
    def now(cls) -> _Streams:
        of_numpy: Any = np.random.get_state(legacy=False)  # noqa: NPY002  # a user's, not ours
        return cls(random.get_state(), of_numpy, python_random.getstate())

    def refuse_draws(self) -> None:
        """Put the streams back, and raise `TraceError`, if numbers were drawn since."""
        now = _Streams.now()
        ours, of_python = now.ours != self.ours, now.of_python != self.of_python
        of_numpy = pickle.dumps(now.of_numpy) != pickle.dumps(self.of_numpy)
        if not (ours or of_numpy or of_python):
            return
        random.set_state(self.ours)
        np.random.set_state(self.of_numpy)  # noqa: NPY002
        python_random.setstate(self.of_python)
        raise TraceError("it draws random numbers, which would be the same in every call")


def follows(leaf: Any, integers: bool = True) -> bool:
    """Return whether a leaf of the arguments is an input of the program, or belongs to it.

    Integers of Python may be either.
    """
    if type(leaf) is int:
        return integers
    return isinstance(leaf, (Value, np.ndarray, np.generic, float))


class _Before(NamedTuple):
    """A Value as it was."""

    value: Value
    data: Any
    state: int
    serial: int
    grad: Any

    @classmethod
    def of(cls, value: Value) -> _Before:
        grad = value.grad if value.has_grad else None
        return cls(value, value._data, value._state, value._serial, grad)

    def restore(self) -> None:
        value = self.value
        value._data, value._state, value._serial = self.data, self.state, self.serial
        if self.grad is not None:
            value.grad = self.grad
        elif value.has_grad:
            del value.grad


MOST_KEPT = 2**14
"""The size up to which results are kept while a function is followed."""


class ProgramTracer:
    """Takes down each operation on an array that it follows.

    Args:
        integers: whether integers of Python are data.
        most_kept: larger results have their first number in every place, which takes no memory:
            what follows depends on shapes and dtypes alone.
    """

    def __init__(self, integers: bool = True, most_kept: int = MOST_KEPT) -> None:
        self._integers = integers
        self._most_kept = most_kept
        self.inputs: dict[Var, Place] = {}
        self.instructions: list[Instruction] = []
        self._values: dict[Value, tuple[int, _Before]] = {}
        self._first_inside = Value(0.0)._serial
        self._constants: dict[int, tuple[Constant, Any]] = {}
        self._atomic: set[Primitive] = set()
        self._expanding: list[Primitive] = []

    # -------------------------------------------------------------------- inputs and changes

    def follow(self, arguments: Any) -> Any:
        """Return arguments with arrays that are followed; Values hold such arrays for a while."""
        places = count()

        def followed(leaf: Any) -> Any:
            place = next(places)
            if isinstance(leaf, Value):
                self._follow_value(leaf, place)
                return leaf
            if follows(leaf, self._integers):
                return self._input(leaf, Place(place))
            if not is_fixed(leaf):
                raise TraceError(
                    f"an argument of type {type(leaf).__name__} may have other contents in the "
                    f"next call: give its arrays and Values, in lists, tuples and dicts"
                )
            return leaf

        return trees.transform(followed, arguments)

    def _follow_value(self, value: Value, place: int) -> None:
        if value in self._values:
            return
        value._synchronize()
        self._values[value] = place, _Before.of(value)
        value._data = self._input(value._data, Place(place, "data"))
        if value.has_grad:
            value.grad = self._input(value.grad, Place(place, "grad"))

    def _input(self, data: Any, place: Place) -> Traced:
        variable = Var.like(data)
        self.inputs[variable] = place
        return Traced(data, variable, self)

    def see(self, value: Value) -> None:
        """Refuse a Value from elsewhere: its numbers may be others in the next call."""
        from_outside = 0 <= value._serial < self._first_inside and value._row is None
        if from_outside and value not in self._values:
            raise TraceError(
                f"{value._name()} comes from outside of the function, and its numbers may change: "
                f"make it an argument"
            )

    def changes(self) -> dict[Place, Any]:
        """Return what was made of the Values among the arguments."""
        found = {}
        for value, (place, before) in self._values.items():
            if self._differs(value._data, Place(place, "data")):
                found[Place(place, "data")] = value._data
            grad = value.grad if value.has_grad else None
            if grad is not before.grad and self._differs(grad, Place(place, "grad")):
                found[Place(place, "grad")] = grad
        return found

    def _differs(self, data: Any, place: Place) -> bool:
        return not isinstance(data, Traced) or self.inputs.get(data.atom) != place

    def restore(self) -> None:
        """Let the Values among the arguments be as they were."""
        for _, before in self._values.values():
            before.restore()

    # -------------------------------------------------------------------- operations

    def atom(self, data: Any) -> Atom:
        """Return what stands for data in the program: a variable, or a constant."""
        if isinstance(data, Traced):
            variable: Var = data.atom
            return variable
        if id(data) not in self._constants:
            self._constants[id(data)] = Constant(_kept(data)), data  # kept alive with its id
        return self._constants[id(data)][0]

    def apply(self, operation: Operation, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        """Compute an operation, and take it down if an operand is followed.

        A row that is written with other operations is taken down as these, so that passes see
        what it shares with its neighbours.
        """
        if not any(isinstance(x, Traced) for x in operands):
            return operation.forward(*operands, **params)
        if isinstance(operation, Primitive) and self._may_expand(operation):
            done = len(self.instructions)
            try:
                return self._expanded(operation, operands, params)
            except Exception:  # of any kind: code written for arrays alone
                del self.instructions[done:]
                self._atomic.add(operation)
        concrete = operation.forward(*map(_concrete, operands), **params)
        if type(concrete) is np.ndarray and not concrete.ndim:
            concrete = concrete[()]
        if np.size(concrete) > self._most_kept:
            concrete = np.broadcast_to(concrete.flat[0], concrete.shape)
        result = Var.like(concrete)
        atoms = tuple(self.atom(x) for x in operands)
        self.instructions.append(Instruction(operation, atoms, params, result))
        return Traced(concrete, result, self)

    def _may_expand(self, row: Primitive) -> bool:
        return row.scalar is None and row not in self._atomic

    def _expanded(
        self, operation: Primitive, operands: Sequence[Any], params: dict[str, Any]
    ) -> Any:
        if operation in self._expanding:
            raise TraceError(f"{operation.name} is written with itself alone")
        self._expanding.append(operation)
        try:
            result = operation.forward(*operands, **params)
        finally:
            self._expanding.pop()
        if not isinstance(result, Traced):
            raise TraceError(f"{operation.name} does not follow its operands")
        return result

    def call(self, function: PlainFunction, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Call a function of plain data, and take it down if an argument is followed."""
        if not any(isinstance(x, Traced) for x in trees.leaves((list(args), kwargs))):
            return function.forward(*args, **kwargs)
        if function.kind == "shape":
            args, kwargs = trees.transform(_concrete, (list(args), kwargs))
            return function.forward(*args, **kwargs)
        if function.kind == "numbers":
            raise TraceError(f"np.{function.name} depends on numbers that are not computed yet")
        if isinstance(function.forward, np.ufunc):
            return self.apply(function, args, kwargs)
        filled = Filled(function, args, kwargs)
        return self.apply(filled, filled.operands, {})


class Filled:
    """A function of plain data with some of its arguments filled in.

    Attributes:
        operands: the arrays that are followed, in order; `forward` takes others for them.
        filled: the other arguments.
    """

    scalar = None

    def __init__(
        self, function: PlainFunction, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> None:
        self.name = function.name
        self.operands = [x for x in trees.leaves((list(args), kwargs)) if isinstance(x, Traced)]
        self.filled = [x for x in trees.leaves((list(args), kwargs)) if not isinstance(x, Traced)]
        self._function = function
        self._arguments = trees.transform(
            lambda x: _HOLE if isinstance(x, Traced) else x, (list(args), kwargs)
        )

    def forward(self, *operands: Any) -> Any:
        """Return what the function returns for other arrays."""
        remaining = iter(operands)
        args, kwargs = trees.transform(
            lambda x: next(remaining) if x is _HOLE else x, self._arguments
        )
        return self._function.forward(*args, **kwargs)


_HOLE = object()


def _concrete(data: Any) -> Any:
    return data.concrete if isinstance(data, Traced) else data


def _kept(data: Any) -> Any:
    """Return data that nobody else can change."""
    return data.copy() if isinstance(data, np.ndarray) else data
