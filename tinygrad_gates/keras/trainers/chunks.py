"""Several epochs at once, in machine code, where nothing in Python happens between them."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.compile.epochs import Batches, EpochLoop
from tinygrad_gates.compile.stateful import Stateful
from tinygrad_gates.errors import TraceError
from tinygrad_gates.keras.trainers.data import ArrayData, Batch
from tinygrad_gates.keras.trainers.one_step import TestStep
from tinygrad_gates.keras.trainers.programs import Programs

SECONDS = 0.05
"""How long a chunk takes, about: so long may Ctrl-C wait."""
GROWTH = 8
"""How many times as long as the one before a chunk may be."""
NUMBERS = 2**20
"""How many numbers of samples an order of several epochs may have."""


class Chunks:
    """Runs a step's epochs over data that lie in arrays.

    Args:
        programs: the step, which Numba has compiled for the shapes of all batches.
        data: what it trains on.

    Raises:
        TraceError: if this cannot be done in machine code alone.
    """

    def __init__(self, programs: Programs, data: ArrayData) -> None:
        self._data = data
        self._arrays = [np.ascontiguousarray(array) for array in trees.leaves(list(data.arrays))]
        step = programs.step
        assert isinstance(step, TestStep)
        self.names = [metric.log_name for metric in step.compiled.metrics]
        batches = Batches(
            data.samples,
            data.batch_size,
            tuple(array.shape[1:] for array in self._arrays),
            tuple(array.dtype for array in self._arrays),
        )
        if batches not in programs.loops:
            programs.loops[batches] = _loop(programs, step, data, batches)
        self._loop: EpochLoop = programs.loops[batches]
        self._count = 1

    def run(self, epoch: int, epochs: int) -> dict[str, list[float]]:
        """Train for some epochs from one on, and return the logs, each key's numbers in order."""
        count = min(self._count, epochs - epoch)
        order = self._order(epoch, count)
        started = perf_counter()
        notes = self._loop(count, self._arrays, order)
        taken = perf_counter() - started
        fitting = int(SECONDS / (taken / count) + 1)
        self._count = max(1, min(fitting, GROWTH * count, self._most))
        return dict(zip(self.names, notes.T.tolist(), strict=True))

    @property
    def _most(self) -> int:
        return NUMBERS if self._data.steps == 1 else max(1, NUMBERS // self._data.samples)

    def _order(self, epoch: int, count: int) -> np.ndarray[Any, Any]:
        if self._data.steps == 1:
            return np.empty((0, 0), np.int64)
        return np.stack([self._data.order(each) for each in range(epoch, epoch + count)])


def _loop(programs: Programs, step: TestStep, data: ArrayData, batches: Batches) -> EpochLoop:
    state = programs.state()
    begin = Stateful(step.compiled.reset, (), state, "begin")
    end = Stateful(_results(step.compiled.metrics), (), state, "end")
    full, last = programs.of(_first(data, 0)), None
    if batches.remainder:
        last = programs.of(_first(data, batches.full * batches.size))
    parts = [part for part in (begin, full, last, end) if part is not None]
    if not EpochLoop.can_run(*parts) or any(x.shape for x in end.program.outputs):
        raise TraceError("NumPy computes some of it")
    return EpochLoop(begin, full, last, end, batches)


def _first(data: ArrayData, start: int) -> Batch:
    """Return the batch that begins with a sample, in the order of the arrays."""
    return data.batch(slice(start, start + data.batch_size))


def _results(metrics: Sequence[Any]) -> Any:
    return lambda: [metric.result() for metric in metrics]
