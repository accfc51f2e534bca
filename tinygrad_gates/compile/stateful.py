"""`Stateful`: a compiled function that changes Values of its own, such as a training step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import getrefcount
from typing import Any, Literal, NamedTuple

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.emit_numpy import NumpyCode
from tinygrad_gates.compile.lower import Lowered, lower
from tinygrad_gates.compile.passes import are_same, simplified
from tinygrad_gates.compile.program import Program
from tinygrad_gates.core import Value
from tinygrad_gates.errors import TraceError

Array = np.ndarray[Any, Any]


class Source(NamedTuple):
    """What an input of a program is: a leaf of the arguments, or a Value of the state."""

    kind: Literal["data", "state"]
    number: int


class InPlace:
    """The data of Values, in arrays that may be changed.

    A Value's own array is changed only while nobody else holds it; else the Value gets a copy.

    Args:
        values: what the data belong to.
    """

    def __init__(self, values: Sequence[Value]) -> None:
        self._values = values
        self._arrays: list[Any] = [None] * len(values)
        self._numbers: list[Any] = [None] * len(values)

    def array(self, number: int) -> Array:
        """Return an array of a Value's numbers; without axes for a single one."""
        value, array = self._values[number], self._arrays[number]
        if array is None or not self._is_alone(value, number):
            array = self._arrays[number] = np.array(value._data, order="C")
        own: Array = array
        return own

    def _is_alone(self, value: Value, number: int) -> bool:
        if not value.ndim:
            return value._data is self._numbers[number]
        # Four references: the Value's, the list's, the caller's, and getrefcount's argument.
        return value._data is self._arrays[number] and getrefcount(value._data) <= 4

    def put_back(self, number: int) -> None:
        """Let a Value have what its array holds now."""
        data = self._arrays[number]
        if not data.ndim:
            data = self._numbers[number] = data[()]
        self._values[number]._replace(data)


class Stateful:
    """A function of trees of arrays that changes Values, compiled for certain shapes and dtypes.

    It is followed twice: what differs then comes from elsewhere, as random numbers do, and no
    program may take it for granted.

    Args:
        function: of the arguments.
        args: of a call that is followed; Values among them are constants.
        state: the Values that the function may change, and all others that it reads.
        native: whether Numba compiles it.
        name: what the code is called.

    Attributes:
        state: the Values.
        program: what is computed.
        code: what runs.
        lowered: where inputs come from and outputs go: an argument's leaf, or, after these, a Value
            of the state.

    Raises:
        TraceError: if the function cannot be compiled.
        ImportError: if Numba is needed and not installed.

    >>> total = Value(0.0)
    >>> add = Stateful(lambda x: total._replace(total._data + x), (1.0,), [total])
    >>> add(2.0), add(3.0), total.item()
    (None, None, 5.0)
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        state: Sequence[Value],
        native: bool = False,
        name: str = "step",
    ) -> None:

        def lowered() -> Lowered:
            return lower(lambda args, _: function(*args), (args, list(state)), {})

        self.lowered = lowered()
        if not are_same(self.lowered.program, lowered().program):
            raise TraceError("what it computes differs from run to run, with the same arguments")
        self.program: Program = simplified(self.lowered.program)
        self._carried = _carried(self.lowered)
        self.code: NumbaCode | NumpyCode = (
            NumbaCode(self.program, name, self._carried)
            if native
            else NumpyCode(self.program, name)
        )
        self.state = list(state)
        self._in_place = InPlace(state) if native else None
        self._first = len(trees.leaves(args))

    @property
    def native(self) -> NumbaCode:
        """The code, where Numba compiles it."""
        assert isinstance(self.code, NumbaCode)
        return self.code

    @property
    def sources(self) -> tuple[Source, ...]:
        """What each input of the program is: a leaf of the arguments, or a Value of the state."""
        leaves = [place.leaf for place in self.lowered.reads]
        return tuple(
            Source("data", leaf) if leaf < self._first else Source("state", leaf - self._first)
            for leaf in leaves
        )

    def __call__(self, *args: Any) -> Any:
        """Run the function, change the state, and return the result's arrays in its form."""
        leaves = [*trees.leaves(args), *self.state]
        outputs = self.code(*self.inputs(leaves))
        self._write(leaves, outputs)
        return trees.transform(lambda leaf: outputs[leaf.number], self.lowered.result)

    @property
    def changed(self) -> list[int]:
        """The numbers of the Values of the state that change."""
        return [place.leaf - self._first for place in self.lowered.writes]

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """Return the program's inputs for the leaves of arguments, followed by the state."""
        inputs = self.lowered.inputs(leaves)
        if self._in_place is not None:
            for number in self._carried:
                place = self.lowered.reads[number].leaf - self._first
                inputs[number] = self._in_place.array(place)
        return inputs

    def _write(self, leaves: Sequence[Any], outputs: Sequence[Any]) -> None:
        if self._in_place is None:
            self.lowered.write(leaves, outputs)
            return
        for number in self.changed:
            self._in_place.put_back(number)


def _carried(lowered: Lowered) -> dict[int, int]:
    """Return the number of the output for each input that changes.

    Raises `TraceError` if anything else than the data of Values changes.
    """
    numbers = {place: number for number, place in enumerate(lowered.reads)}
    first = len(lowered.program.outputs) - len(lowered.writes)
    if not all(place in numbers and place.attribute == "data" for place in lowered.writes):
        raise TraceError("it sets the gradients of Values")
    return {numbers[place]: first + n for n, place in enumerate(lowered.writes)}
