"""Many epochs of training as one function in machine code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.loading import compiled
from tinygrad_gates.compile.loops import KernelText
from tinygrad_gates.compile.program import Atom, Constant

Array = np.ndarray[Any, Any]


class Source(NamedTuple):
    """What an input of a part is: a number of the state, or of the data that batches come from."""

    kind: str
    """ "state" or "data"."""
    number: int


class Part(NamedTuple):
    """A program that is one kernel, and what its inputs are."""

    code: NumbaCode
    inputs: tuple[Source, ...]

    @property
    def kernel(self) -> KernelText | None:
        """The kernel; None, if there is nothing to compute."""
        return self.code.kernels[0] if self.code.kernels else None


class Batches(NamedTuple):
    """How an epoch goes through the samples.

    Attributes:
        samples: how many there are.
        size: how many a batch has; the last one has what remains.
        shapes: of one sample, for each of the arrays that batches come from.
        dtypes: likewise.
    """

    samples: int
    size: int
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[np.dtype[Any], ...]

    @property
    def whole(self) -> bool:
        """Whether one batch holds all samples."""
        return self.size >= self.samples

    @property
    def full(self) -> int:
        """The number of batches of the full size."""
        return max(1, self.samples // self.size)

    @property
    def remainder(self) -> int:
        """How many samples the last batch has, if it is smaller; else 0."""
        return 0 if self.whole else self.samples % self.size


class EpochLoop:
    """Epochs that nobody wants to see one by one.

    Each epoch runs `begin`, `step` for every batch of the full size, `last` for what remains,
    and notes the outputs of `end`, which are single numbers.

    Args:
        begin: what resets metrics.
        step: what trains on a batch.
        last: the same for a smaller one; None, if there is none.
        end: what computes the results of metrics.
        batches: the order and sizes of batches.

    Attributes:
        source: the Python code that Numba compiles.
    """

    def __init__(
        self, begin: Part, step: Part, last: Part | None, end: Part, batches: Batches
    ) -> None:
        self._batches = batches
        self._parts = {"begin": begin, "step": step, "end": end}
        if last is not None:
            self._parts["last"] = last
        self._arrays: list[Array] = []
        states = {
            source.number
            for part in self._parts.values()
            for source in part.inputs
            if source.kind == "state"
        }
        self._states = sorted(states)
        self._results = len(end.code.program.outputs)
        lines = [*self._lines()]
        passed = [f"array_{n}" for n in range(len(self._arrays))]
        state = [f"state_{n}" for n in self._states]
        data = [f"data_{n}" for n in range(len(batches.shapes))]
        parameters = ["count", "notes", "order", *data, *state, *passed]
        driver = "\n    ".join([f"def epochs({', '.join(parameters)}):", *lines]) + "\n"
        kernels = [part.kernel.source for part in self._parts.values() if part.kernel]
        self.source = "\n\n".join([*kernels, driver])
        self._function = compiled(self.source, "epochs")

    def __call__(
        self, count: int, state: Sequence[Array], data: Sequence[Array], order: Array
    ) -> Array:
        """Run epochs, and return what `end` computed after each of them, one row for each.

        Args:
            count: how many.
            state: the arrays that change, each C-contiguous.
            data: the arrays that batches come from, likewise.
            order: for each epoch the numbers of the samples in their order; without rows, if one
                batch holds all.
        """
        notes = np.empty((count, self._results))
        flat = [array.reshape(-1) if array.ndim else array for array in state]
        self._function(
            count,
            notes,
            order,
            *[array.reshape(-1) for array in data],
            *[flat[number] for number in self._states],
            *self._arrays,
        )
        return notes

    # -------------------------------------------------------------------- text

    def _lines(self) -> Iterator[str]:
        batches = self._batches
        yield "for _epoch in range(count):"
        yield from _deeper(1, self._call("begin", []))
        if batches.whole:
            yield from _deeper(1, self._call("step", [f"data_{n}" for n in self._data]))
        else:
            yield f"    for _batch in range({batches.full}):"
            yield from _deeper(2, self._taken(batches.size, f"_batch * {batches.size}"))
            if batches.remainder:
                start = str(batches.full * batches.size)
                yield from _deeper(1, self._taken(batches.remainder, start))
        yield from _deeper(1, self._call("end", []))

    @property
    def _data(self) -> range:
        return range(len(self._batches.shapes))

    def _taken(self, size: int, start: str) -> Iterator[str]:
        """Return lines that take a batch out of the data, and train on it."""
        names = []
        for n, shape, dtype in zip(
            self._data, self._batches.shapes, self._batches.dtypes, strict=True
        ):
            length = prod(shape)
            name = self._new(np.empty(size * length, dtype))
            names.append(name)
            yield f"for _row in range({size}):"
            yield f"    _sample = order[_epoch, {start} + _row]"
            yield f"    for _i in range({length}):"
            yield f"        {name}[_row * {length} + _i] = data_{n}[_sample * {length} + _i]"
        yield from self._call("step" if size == self._batches.size else "last", names)

    def _call(self, name: str, batch: list[str]) -> Iterator[str]:
        """Return lines that run a part, and note its outputs if it is the end."""
        part = self._parts[name]
        program = part.code.program
        places: dict[Atom, str] = {}
        for variable, source in zip(program.inputs, part.inputs, strict=True):
            of_state = source.kind == "state"
            places[variable] = f"state_{source.number}" if of_state else batch[source.number]
        if part.kernel is not None:
            for atom in part.kernel.arrays:
                if atom not in places:
                    places[atom] = self._new(_array_for(atom))
            arguments = ", ".join(places[atom] for atom in part.kernel.arrays)
            yield f"{part.code.name}_0({arguments})"
        if name == "end":
            for number, atom in enumerate(program.outputs):
                if isinstance(atom, Constant):
                    text = repr(float(atom.value))
                else:
                    text = f"{places[atom]}[()]"
                yield f"notes[_epoch, {number}] = {text}"

    def _new(self, array: Array) -> str:
        self._arrays.append(array)
        return f"array_{len(self._arrays) - 1}"


def _array_for(atom: Atom) -> Array:
    """Return what a kernel is given for a result or a constant."""
    if isinstance(atom, Constant):
        return np.ravel(atom.value)
    return np.empty(prod(atom.shape) if atom.shape else (), atom.dtype)


def _deeper(depth: int, lines: Iterator[str]) -> Iterator[str]:
    return ("    " * depth + line for line in lines)
