"""One call of `fit`: epochs over data, with validation and callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tinygrad_gates.errors import TraceError
from tinygrad_gates.keras.callbacks.callback_list import BatchHooks, CallbackList, call_all
from tinygrad_gates.keras.callbacks.history import History
from tinygrad_gates.keras.trainers.chunks import Chunks
from tinygrad_gates.keras.trainers.compile_metrics import flat
from tinygrad_gates.keras.trainers.data import ArrayData, Batch, Limited, Source, unpacked
from tinygrad_gates.keras.trainers.interrupt import StepGuard
from tinygrad_gates.keras.trainers.one_step import TrainStep
from tinygrad_gates.keras.trainers.programs import Programs, say_own_steps
from tinygrad_gates.keras.trainers.resume import Resume
from tinygrad_gates.keras.trainers.shuffling import Shuffling
from tinygrad_gates.keras.trainers.steps import Logs, Steps

if TYPE_CHECKING:
    from tinygrad_gates.keras.trainers.trainer import Trainer


class Run:
    """One call of `fit`: epochs over data, with validation and callbacks."""

    def __init__(
        self,
        model: Trainer,
        data: Source,
        held_out: Source | None,
        turns: CallbackList,
        history: History,
        shuffling: Shuffling | None,
    ) -> None:
        self.model = model
        self.data = data
        self.held_out = held_out
        self.turns = turns
        self.history = history
        self.shuffling = shuffling
        self.guard = StepGuard()
        self.validates: Any = lambda epoch: True
        self._given: Logs | None = None
        self._chunks_made: Chunks | None = None
        self._chunked = True
        self._hooks = BatchHooks(
            turns.train_batch_begin, turns.train_batch_end, model.steps_per_execution
        )
        self._reset, self._results = model._reporting()

    def through(self, start: int, epochs: int) -> History:
        """Train until the last epoch, or until something stops it."""
        model, turns, history = self.model, self.turns, self.history
        model.history = history
        model.stop_training = False
        model._resume = None
        self._note_progress(start, 0)
        with self.guard:
            history.on_train_begin()
            turns.call("on_train_begin")
            epoch, skip = self._where_to_go_on(start)
            logs: Logs = {}
            planned = (epochs - epoch) * self.data.steps if self.data.steps else None
            step = self._train_step(planned)
            while epoch < epochs and not model.stop_training:
                chunks = None if skip else self._chunks(step)
                if chunks is None:
                    logs = self._epoch(epoch, skip, step)
                    epoch, skip = epoch + 1, 0
                else:
                    logs = self._several_epochs(epoch, epochs, chunks)
                    epoch = history.epoch[-1] + 1
            if model.optimizer is not None and model.optimizer.built:
                model.optimizer.finalize_variable_values(model.trainable_weights)
            turns.call("on_train_end", logs)
        return history

    @property
    def _seed(self) -> int:
        return self.shuffling.seed if self.shuffling else 0

    def _note_progress(self, epoch: int, step: int) -> None:
        if self.turns.callbacks:  # who else would ask
            self.model._progress = Resume(epoch, step, self._seed)

    def _where_to_go_on(self, start: int) -> tuple[int, int]:
        resume = self.model._resume
        if resume is None:
            return start, 0
        if self.shuffling:
            self.shuffling.seed = resume.shuffle_seed
        if isinstance(self.data, Limited):
            self.data.go_past(resume.epoch * (self.data.steps or 0) + resume.step)
        return resume.epoch, resume.step

    def _chunks(self, step: Any) -> Chunks | None:
        """Return what trains for several epochs at once; None if that cannot be."""
        if self._chunks_made is None and self._may_chunk(step):
            try:
                self._chunks_made = Chunks(step, self.data)  # type: ignore[arg-type]
            except TraceError:
                self._chunked = False
        return self._chunks_made

    def _may_chunk(self, step: Any) -> bool:
        """Return whether nothing but the history is told of steps and epochs."""
        return (
            self._chunked
            and isinstance(step, Programs)
            and step.way == "numba"
            and step.began
            and type(self.data) is ArrayData
            and type(self.history) is History
            and self.held_out is None
            and not self.turns.callbacks
            and not self.model.overrides("metrics", "reset_metrics", "get_metrics_result")
            and len(self.model.metrics) == len(self.model._need_compiled("fit").listed)
        )

    def _several_epochs(self, epoch: int, epochs: int, chunks: Chunks) -> Logs:
        self.guard.holding = True
        logs = chunks.run(epoch, epochs)
        self.history.extend(epoch, logs)
        self.guard.release()
        return {name: numbers[-1] for name, numbers in logs.items()}

    def _epoch(self, epoch: int, skip: int, step: Any) -> Logs:
        model, turns = self.model, self.turns
        if not skip:
            self._reset()
        self._note_progress(epoch, skip)
        call_all(turns.epoch_begin, epoch)
        if turns.callbacks and isinstance(step, Programs):
            step.look_again()
        self._steps(epoch, skip, step)
        logs = self._logs()
        self._note_progress(epoch + 1, 0)
        if self.held_out is not None and self.validates(epoch + 1):
            results = model._evaluate(self.held_out, turns)
            logs |= {f"val_{name}": result for name, result in results.items()}
        call_all(turns.epoch_end, epoch, logs)
        self.guard.holding = True
        self.history.on_epoch_end(epoch, logs)
        self.guard.release()
        call_all(turns.epoch_over, epoch, logs)
        return logs

    def _steps(self, epoch: int, skip: int, step: Any) -> None:
        model, guard = self.model, self.guard
        begin, end = self.turns.train_batch_begin, self.turns.train_batch_end
        hooks = self._hooks
        batches: Iterator[Batch] = self.data.batches(epoch, skip)
        for index, batch in enumerate(batches, skip):
            if begin:
                hooks.before(index)
            guard.holding = True
            self._given = step(batch)
            guard.release()
            if end:
                self._note_progress(epoch, index + 1)
                hooks.after(index, self._logs)
            if model.stop_training:
                break
        if end:
            hooks.finish()

    def _logs(self) -> Logs:
        return logs_of(self._given, self._results)

    def _train_step(self, planned: int | None) -> Any:
        """Return a function of a batch that trains on it, and returns logs of a user's own."""
        model = self.model
        if model.overrides("train_step", "compute_loss", "compute_metrics"):
            say_own_steps(model)
        if model.overrides("train_step"):
            return lambda batch: model.train_step(unpacked(batch))
        if model.overrides("compute_loss", "compute_metrics"):
            return lambda batch: Steps.train_step(model, unpacked(batch))
        return model._programs_of(TrainStep, planned)


def logs_of(given: Logs | None, results: Callable[[], Logs]) -> Logs:
    """Return what is reported: what a step of a user's own returned, or all metrics."""
    if given is None:
        return results()
    all_results = results()
    if set(given) == set(all_results):
        given = all_results
    return flat(given)
