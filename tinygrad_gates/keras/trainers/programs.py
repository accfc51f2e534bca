"""Which way a model's steps run: as they are, or as compiled programs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from types import FunctionType, NoneType
from typing import TYPE_CHECKING, Any, Literal

from tinygrad_gates import modes, trees
from tinygrad_gates.compile.stateful import InPlace, Stateful
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import CompileWarning, TraceError
from tinygrad_gates.keras.trainers.data import Batch
from tinygrad_gates.keras.trainers.one_step import OneStep

if TYPE_CHECKING:
    from tinygrad_gates.keras.trainers.trainer import Trainer

Way = Literal["eager", "numpy", "numba"]

WORTH_A_PROGRAM = 100
"""From how many steps on a program of NumPy's functions is made, if nothing else is said."""
WORTH_COMPILING = 500
"""From how many steps on Numba compiles it."""
STEPS_AN_OPERATION = 10
"""How many steps there have to be for each operation of a program, as each takes its time."""
MOST_OPERATIONS = 400
"""How many operations a program may have for Numba to compile it; unrolled sequences have more."""


def way_of(model: Trainer, steps: int | None) -> Way:
    """Return how a model's steps are to run.

    It follows from `jit_compile` and the number of steps alone, so that a program computes the
    same every time.

    Args:
        model: the model.
        steps: how many are planned; None, if nobody knows.

    Raises:
        ImportError: if Numba is asked for by name and not installed.
    """
    asked = _asked(model)
    if asked is False or (modes.active and (modes.watching() or modes.tracer() is not None)):
        return "eager"
    if asked == "numba" and not has_numba():
        raise ImportError(
            "compile: jit_compile='numba' needs Numba. Install it: "
            "pip install 'tinygrad-gates[jit]'"
        )
    if asked == "numba" or asked == "numpy":
        return "numba" if asked == "numba" else "numpy"
    if (asked is True or (steps or 0) >= WORTH_COMPILING) and has_numba():
        return "numba"
    if asked is True or steps is None or steps >= WORTH_A_PROGRAM:
        return "numpy"
    return "eager"


def patience_of(model: Trainer, steps: int | None) -> int:
    """Return how many steps run as they are before a program is made."""
    return WORTH_A_PROGRAM // 2 if steps is None and _asked(model) == "auto" else 1


def most_of(model: Trainer, steps: int | None) -> int | None:
    """Return how many operations a program may have for Numba to compile it; None for any."""
    if _asked(model) != "auto":
        return None
    return min(MOST_OPERATIONS, int((steps or 0) / STEPS_AN_OPERATION))


@cache
def has_numba() -> bool:
    """Return whether Numba is installed."""
    return find_spec("numba") is not None


def _asked(model: Trainer) -> bool | str:
    return False if model.run_eagerly else model.jit_compile


class Programs:
    """A step, run as it is for the first batches of each shape, and as a program from then on.

    The first batch makes what is missing yet, such as the metrics that names as "acc" mean for
    its shapes; where nothing is, there is a program from the beginning.

    Args:
        step: what is done with a batch.
        way: how.
        patience: how many times a shape runs as it is before.
        most: how many operations a program may have for Numba; None for any number.

    Attributes:
        way: how steps run now: "eager" once compiling failed.
        loops: what else was compiled from the programs, for `Chunks`.
    """

    def __init__(self, step: OneStep, way: Way, patience: int = 1, most: int | None = None) -> None:
        self.step = step
        self.way = way
        self._most = most
        self._too_large = 0
        self._reason: Exception | None = None
        self._patience = 0 if patience == 1 and step.is_prepared() else patience
        self.loops: dict[Any, Any] = {}
        self._ready: dict[Any, Stateful] = {}
        self._seen: dict[Any, int] = {}
        self._accounts = True
        self._contents: list[Any] = []
        self._in_place: InPlace | None = None
        self._batch: Batch | None = None
        self._program: Stateful | None = None
        self._arrays: list[Any] = []

    def __call__(self, batch: Batch) -> None:
        """Do the step with a batch."""
        if self.way == "eager":
            self._run_as_it_is(batch)
            return
        program = self._program if batch is self._batch else self._program_for(batch)
        if program is None:
            self._run_as_it_is(batch)
            return
        beside = self.step.beside()
        outputs = program.run([*self._arrays, *beside] if beside else self._arrays)
        if not self._accounts:
            self.step.account(batch, trees.transform(constant, program.result(outputs)))

    def _program_for(self, batch: Batch) -> Stateful | None:
        """Return the program for a batch, and have its arrays at hand."""
        key = _described(batch[:3])
        program = self._ready.get(key)
        if program is None:
            seen = self._seen.get(key, 0)
            self._seen[key] = seen + 1
            program = self._made(key, batch) if seen >= self._patience else None
        if program is not None:
            # The same batch comes again in each epoch where it holds all samples.
            self._batch, self._program = batch, program
            self._arrays = [leaf._data for leaf in trees.leaves(batch[:3])]
        return program

    def _run_as_it_is(self, batch: Batch) -> None:
        self.step.account(batch, self.step(batch))
        if self._reason is not None:  # and it was no mistake, which would have been raised
            reason, self._reason = self._reason, None
            _warn(self.step.model, reason)

    def look_again(self) -> None:
        """Forget programs if layers or the optimizer were given other settings since."""
        if self._ready and _contents(self.step.model) != self._contents:
            self._ready, self.loops, self._batch = {}, {}, None

    def of(self, batch: Batch) -> Stateful:
        """Return the program for batches like one.

        Raises `TraceError` if there is none, or if Python has to do something beside it.
        """
        key = _described(batch[:3])
        program = self._ready.get(key) or self._made(key, batch)
        if program is None or not self._accounts or self.step.stand_in():
            raise TraceError("the step is more than a program")
        return program

    @property
    def began(self) -> bool:
        """Whether nothing is left that a first step has to make."""
        return bool(self._seen) or not self._patience

    def _made(self, key: Any, batch: Batch) -> Stateful | None:
        """Return a program; None if there is none, and steps run as they are from now on."""
        self._accounts = self._accounts and not self.step.accounts_in_python()
        try:
            try:
                program = self._compiled(batch)
            except TraceError:
                if not self._accounts:
                    raise
                self._accounts = False  # perhaps it is the metrics that need Python
                program = self._compiled(batch)
        except Exception as reason:  # of any kind: code of a user's, which was written for arrays
            self.way, self._reason = "eager", reason
            return None
        self._ready[key] = program
        self._contents = _contents(self.step.model)
        return program

    def _compiled(self, batch: Batch) -> Stateful:
        step, size = self.step, batch.size

        def function(x: Any, y: Any, weight: Any, beside: tuple[Any, ...]) -> Any:
            given = Batch(x, y, weight, size)
            y_pred = step.followed(given, beside)
            if self._accounts:
                step.account(given, y_pred)
                return None
            return step.arrays(y_pred)

        arguments = batch.x, batch.y, batch.weight, step.stand_in()
        name = f"step_{len(self._ready)}" if self._ready else "step"
        with _as_before(step.model):
            program = Stateful(function, arguments, self.state(), name)
            count = len(program.program.instructions)
            if self.way == "numba" and self._most is not None and count > self._most:
                self.way, self._too_large = "numpy", count
                program = Stateful(function, arguments, self.state(), name)
            return program

    def is_outgrown(self, most: int | None) -> bool:
        """Return whether Numba was not worth it, and is for more operations."""
        return bool(self._too_large) and (most is None or self._too_large <= most)

    def state(self) -> Sequence[Value] | InPlace:
        """Return what programs may change, in place where Numba compiles them."""
        state = self.step.state()
        if self.way != "numba":
            return state
        known = self._in_place.values if self._in_place is not None else []
        if self._in_place is None or [*map(id, known)] != [*map(id, state)]:
            self._in_place = InPlace(state)
        return self._in_place


def _described(item: Any) -> Any:
    """Return what a program depends on: the form of nested Values, their shapes and dtypes."""
    if isinstance(item, Value):
        return item._data.shape, item._data.dtype
    if isinstance(item, dict):
        return tuple((name, _described(part)) for name, part in item.items())
    return None if item is None else tuple(map(_described, item))


def _contents(model: Trainer) -> list[Any]:
    """Return the settings of all layers and of the optimizer, which belong to a program."""
    owners = [*model._all_layers(), model.optimizer]
    return [
        (id(owner), name, item)
        for owner in owners
        if owner is not None
        for name, item in vars(owner).items()
        if type(item) in _SETTINGS
    ]


_SETTINGS = (bool, int, float, str, NoneType, FunctionType)


@contextmanager
def _as_before(model: Trainer) -> Iterator[None]:
    """Let the losses that a run adds to layers be forgotten after it."""
    layers = model._all_layers()
    losses = [layer._losses for layer in layers]
    try:
        yield
    finally:
        for layer, kept in zip(layers, losses, strict=True):
            layer._losses = kept


def say_own_steps(model: Trainer) -> None:
    """Warn that steps of a user's own are not compiled, if compiling was asked for."""
    if _asked(model) not in ("auto", False):
        _warn(model, TraceError("it has a step, a loss or metrics of its own"))


def _warn(model: Trainer, reason: Exception) -> None:
    warnings.warn(
        f"{model.name}: steps run as they are, without being compiled, because {reason}",
        CompileWarning,
        stacklevel=2,
    )
