"""`Stateful`: a compiled function that changes Values of its own, such as a training step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from sys import getrefcount
from typing import Any, Literal, NamedTuple

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.emit_numpy import NumpyCode
from tinygrad_gates.compile.lower import Lowered, Place, lower
from tinygrad_gates.compile.passes import are_same, simplified
from tinygrad_gates.compile.program import Program
from tinygrad_gates.core import Value
from tinygrad_gates.core.plain import raw
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

    Attributes:
        values: the same.
    """

    def __init__(self, values: Sequence[Value]) -> None:
        self.values = list(values)
        self._arrays: list[Any] = [None] * len(values)
        self._numbers: list[Any] = [None] * len(values)

    def array(self, number: int) -> Array:
        """Return an array of a Value's numbers; without axes for a single one."""
        value = self.values[number]
        if not self._has(value, number):
            self._arrays[number] = value._data if _owns(value) else np.array(value._data, order="C")
            if value.ndim:
                value._data = self._arrays[number]  # the same numbers; the other array may go
        array: Array = self._arrays[number]
        return array

    def _has(self, value: Value, number: int) -> bool:
        """Return whether the array here is the Value's, and nobody else's."""
        if not value.ndim:
            return self._arrays[number] is not None and value._data is self._numbers[number]
        # Three references: the Value's, the list's, and getrefcount's argument.
        return value._data is self._arrays[number] and getrefcount(value._data) <= 3

    def put_back(self, number: int) -> None:
        """Let a Value have what its array holds now."""
        data = self._arrays[number]
        if not data.ndim:
            data = self._numbers[number] = data[()]
        self.values[number]._replace(data)


def _owns(value: Value) -> bool:
    """Return whether a Value's array may be changed: nobody else has it, or a part of it."""
    if not value.ndim or getrefcount(value._data) > 2:
        return False
    flags = value._data.flags
    return bool(flags.c_contiguous and flags.writeable and flags.owndata)


class Stateful:
    """A function of trees of arrays that changes Values, compiled for certain shapes and dtypes.

    It is followed twice: what differs then comes from elsewhere, as random numbers do, and no
    program may take it for granted.

    Args:
        function: of the arguments.
        args: of a call that is followed; Values among them are constants.
        state: the Values that the function may change, and all others that it reads; where they
            may be changed in place, Numba compiles it.
        name: what the code is called.

    Attributes:
        state: the Values.
        in_place: what changes them in place; or None.
        program: what is computed.
        code: what runs.
        sources: what each input of the program is.
        changed: the numbers of the Values of the state that change, in the order of the last
            outputs.

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
        state: Sequence[Value] | InPlace,
        name: str = "step",
    ) -> None:
        first = len(trees.leaves(args))
        self.in_place = state if isinstance(state, InPlace) else None
        self.state = state.values if isinstance(state, InPlace) else list(state)

        def lowered() -> Lowered:
            return lower(lambda args, _: function(*args), (args, self.state), {})

        found = lowered()
        if not are_same(found.program, lowered().program):
            raise TraceError("what it computes differs from run to run, with the same arguments")
        program, reads = _without_idle_inputs(simplified(found.program), found)
        self.program: Program = program
        self.sources = tuple(_source(place, first) for place in reads)
        self.changed = [_source(place, first).number for place in found.writes]
        self._result = found.result
        self._order = [x.number if x.kind == "data" else ~x.number for x in self.sources]
        carried = _carried(self.sources, self.changed, len(program.outputs))
        self._carried = [(place, self.sources[place].number) for place in carried]
        self.code: NumbaCode | NumpyCode = (
            NumpyCode(program, name) if self.in_place is None else NumbaCode(program, name, carried)
        )

    @property
    def native(self) -> NumbaCode:
        """The code, where Numba compiles it."""
        assert isinstance(self.code, NumbaCode)
        return self.code

    def __call__(self, *args: Any) -> Any:
        """Run the function, change the state, and return the result's arrays in its form."""
        return self.result(self.run([raw(leaf) for leaf in trees.leaves(args)]))

    def result(self, outputs: Sequence[Any]) -> Any:
        """Return the function's result, of arrays, for the outputs of the program."""
        return trees.transform(lambda leaf: outputs[leaf.number], self._result)

    def run(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """Run the function on the leaves of arguments, change the state, and return all outputs.

        The results' leaves come first.
        """
        state = self.state
        if self.in_place is not None:
            return self._run_in_place(arrays, self.in_place)
        outputs = self.code(*[arrays[n] if n >= 0 else state[~n]._data for n in self._order])
        for number, data in zip(self.changed, outputs[-len(self.changed) :], strict=False):
            state[number]._replace(data)
        return outputs

    def _run_in_place(self, arrays: Sequence[Any], in_place: InPlace) -> tuple[Any, ...]:
        inputs: list[Any] = [None] * len(self._order)
        for place, number in self._carried:
            inputs[place] = in_place.array(number)
        for place, n in enumerate(self._order):
            if inputs[place] is None:
                inputs[place] = arrays[n] if n >= 0 else self.state[~n]._data
        outputs = self.code(*inputs)
        for number in self.changed:
            in_place.put_back(number)
        return outputs


def _source(place: Place, first: int) -> Source:
    if place.attribute == "grad":
        raise TraceError("it reads or sets the gradients of Values")
    kind: Literal["data", "state"] = "data" if place.leaf < first else "state"
    return Source(kind, place.leaf if kind == "data" else place.leaf - first)


def _without_idle_inputs(program: Program, lowered: Lowered) -> tuple[Program, list[Place]]:
    """Leave out the inputs that nothing needs, and that do not change."""
    needed = program.needed
    pairs = zip(program.inputs, lowered.reads, strict=True)
    kept = [(x, place) for x, place in pairs if x in needed or place in lowered.writes]
    inputs = tuple(x for x, _ in kept)
    return replace(program, inputs=inputs), [place for _, place in kept]


def _carried(sources: Sequence[Source], changed: Sequence[int], outputs: int) -> dict[int, int]:
    """Return the number of the output for each input that changes."""
    places = {source: place for place, source in enumerate(sources)}
    first = outputs - len(changed)
    return {places[Source("state", number)]: first + n for n, number in enumerate(changed)}
