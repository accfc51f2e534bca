"""Many epochs of training as one function in machine code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.compile.cache import compiled
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.loops import KernelText
from tinygrad_gates.compile.program import Atom, Constant
from tinygrad_gates.compile.stateful import Stateful

Array = np.ndarray[Any, Any]


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
    and notes the outputs of `end`, which are single numbers. All of these are compiled by Numba,
    for the same state, and are loops alone.

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
        self,
        begin: Stateful,
        step: Stateful,
        last: Stateful | None,
        end: Stateful,
        batches: Batches,
    ) -> None:
        self._batches = batches
        parts = {"begin": begin, "step": step, "last": last, "end": end}
        self._parts = {name: part for name, part in parts.items() if part is not None}
        self._arrays: list[Array] = []
        sources = {source for part in self._parts.values() for source in part.sources}
        self._read = sorted(source.number for source in sources if source.kind == "state")
        self._changed = sorted({n for part in self._parts.values() for n in part.changed})
        assert step.in_place is not None
        self._state = step.in_place
        self.source = self._text()
        self._function = compiled(self.source, "epochs", tuple(k.name for k in self._kernels))

    @staticmethod
    def can_run(*parts: Stateful) -> bool:
        """Return whether programs are loops alone, and so parts of a loop of epochs."""
        codes = [part.code for part in parts]
        return all(isinstance(code, NumbaCode) and code.is_one_kernel for code in codes)

    def __call__(self, count: int, data: Sequence[Array], order: Array) -> Array:
        """Run epochs, and return what `end` computed after each of them, one row for each.

        Args:
            count: how many.
            data: the arrays that batches come from, each C-contiguous.
            order: for each epoch the numbers of the samples in their order; without rows, if one
                batch holds all.
        """
        notes = np.empty((count, len(self._parts["end"].program.outputs)))
        state = [self._state.array(number) for number in self._read]
        self._function(
            count,
            notes,
            order,
            *[array.reshape(-1) for array in data],
            *[array.reshape(-1) if array.ndim else array for array in state],
            *self._arrays,
        )
        for number in self._changed:
            self._state.put_back(number)
        return notes

    # -------------------------------------------------------------------- text

    def _text(self) -> str:
        lines = list(self._lines())
        data = [f"data_{n}" for n in self._data]
        state = [f"state_{n}" for n in self._read]
        arrays = [f"array_{n}" for n in range(len(self._arrays))]
        parameters = ", ".join(["count", "notes", "order", *data, *state, *arrays])
        driver = "\n    ".join([f"def epochs({parameters}):", *lines]) + "\n"
        return "\n\n".join([*(kernel.source for kernel in self._kernels), driver])

    @property
    def _kernels(self) -> list[KernelText]:
        return [kernel for part in self._parts.values() for kernel in part.native.kernels]

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
        batches, names = self._batches, []
        for n, shape, dtype in zip(self._data, batches.shapes, batches.dtypes, strict=True):
            length = prod(shape)
            name = self._new(np.empty(size * length, dtype))
            names.append(name)
            yield f"for _row in range({size}):"
            yield f"    _sample = order[_epoch, {start} + _row]"
            yield f"    for _i in range({length}):"
            yield f"        {name}[_row * {length} + _i] = data_{n}[_sample * {length} + _i]"
        yield from self._call("step" if size == batches.size else "last", names)

    def _call(self, name: str, batch: list[str]) -> Iterator[str]:
        """Return lines that run a part, and note its outputs if it is the end."""
        part = self._parts[name]
        code, program = part.native, part.native.program
        places: dict[Atom, str] = {}
        for variable, source in zip(program.inputs, part.sources, strict=True):
            of_state = source.kind == "state"
            places[variable] = f"state_{source.number}" if of_state else batch[source.number]
        for kernel in code.kernels:
            for atom in kernel.arrays:
                if atom not in places:
                    places[atom] = self._new(_array_for(atom))
            yield f"{kernel.name}({', '.join(places[atom] for atom in kernel.arrays)})"
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
