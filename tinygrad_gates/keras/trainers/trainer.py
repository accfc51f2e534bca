"""`fit`, `evaluate` and `predict`: going through data, and telling callbacks about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.callbacks.callback import Callback
from tinygrad_gates.keras.callbacks.callback_list import BatchHooks, CallbackList
from tinygrad_gates.keras.callbacks.history import History
from tinygrad_gates.keras.callbacks.progbar_logger import ProgbarLogger
from tinygrad_gates.keras.trainers.arrays import (
    Arrays,
    class_weights,
    positive,
    refuse_both_weights,
    refuse_non_finite,
    split,
)
from tinygrad_gates.keras.trainers.compiled import Compiled
from tinygrad_gates.keras.trainers.data import (
    ArrayData,
    Batch,
    GeneratedData,
    Limited,
    Source,
    as_numpy,
    is_generator,
    unpacked,
)
from tinygrad_gates.keras.trainers.one_step import PredictStep, TestStep
from tinygrad_gates.keras.trainers.resume import Resume
from tinygrad_gates.keras.trainers.run import Run, logs_of
from tinygrad_gates.keras.trainers.shuffling import Shuffling
from tinygrad_gates.keras.trainers.steps import Logs, Steps
from tinygrad_gates.keras.utils.py_dataset import PyDataset
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.modes import no_grad

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model

Verbose = Literal["auto", 0, 1, 2] | bool
Weights = tuple[Variable, ...]
Callbacks = Sequence[Callback] | Callback | CallbackList | None


class Trainer(Steps):
    """What a model does with data."""

    stop_training = False
    """Set it in a callback, and training ends after the step."""
    stop_evaluating = False
    """Likewise for `evaluate`, and for validation."""
    stop_predicting = False
    """Likewise for `predict`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.history: History | None = None
        self._resume: Resume | None = None
        self._progress: Resume | None = None

    @property
    def _checks_inputs(self) -> bool:
        """Whether `call` itself sees to it that inputs have the right dtype and shape."""
        return False

    @property
    def _has_call(self) -> bool:
        """Whether the model can be called: one that has an own `train_step` need not."""
        return True

    # -------------------------------------------------------------------- fit

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Verbose = "auto",
        callbacks: Callbacks = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Train on data, and return what was reported.

        Ctrl-C ends training between two steps: the weights are usable, and `model.history` has
        the epochs that were finished.

        Args:
            x: inputs, samples first; a list or a dict of arrays for several. Or what yields
                batches: a generator, or a data set with `__len__` and `__getitem__`.
            y: targets, samples first; a vector stands for one column.
            batch_size: how many samples a step takes, 32 by default.
            epochs: the number of the epoch to end with.
            verbose: 0 for silence, 1 for a line with a bar each epoch, 2 for one without; "auto"
                is 1.
            callbacks: what else to call.
            validation_split: the share of samples, the last ones, to validate with.
            validation_data: (x, y) or (x, y, sample_weight) to validate with, or what yields such
                batches.
            shuffle: whether each epoch has its own order of samples. The orders follow from
                `set_seed`; one batch that holds all samples keeps theirs.
            class_weight: a weight for each class, by number, instead of sample_weight.
            sample_weight: a weight for each sample's loss.
            initial_epoch: the number of epochs done before.
            steps_per_epoch: how many batches an epoch takes; all by default.
            validation_steps: likewise, for validation.
            validation_batch_size: as batch_size, for validation.
            validation_freq: after how many epochs to validate, or the epochs, from 1.

        Returns:
            A `History`; its `history` maps "loss", each metric, and "val_..." to one float an
            epoch.

        Raises:
            ValueError: if the model is not compiled, an argument is out of range, or there is a
                NaN or an infinity in the data.
            ShapeError: if counts of samples or shapes do not fit.
            DtypeError: if data are no numbers.
        """
        self._need_compiled("fit")
        self._need_optimizer("fit")
        epochs = positive("fit: epochs", epochs, 0)
        start = positive("fit: initial_epoch", initial_epoch, 0)
        level = _level(verbose)
        shuffling = Shuffling() if shuffle else None
        held_out: Source | None = None
        if class_weight is not None:
            refuse_both_weights("fit", sample_weight)
        if is_generator(x):
            _refuse_with_generator(x, y, sample_weight, validation_split, class_weight)
            data: Source = self._generated("fit", x, shuffling, class_weight)
        else:
            arrays = self._prepare("fit", x, y, sample_weight)
            if class_weight is not None:
                arrays = arrays._replace(weight=class_weights(class_weight, arrays.y, None))
            if validation_data is None and validation_split:
                arrays, kept = split(arrays, validation_split)
                held_out = ArrayData(kept, validation_batch_size or batch_size)
            refuse_non_finite("fit", arrays)
            data = ArrayData(arrays, batch_size, shuffling)
        if validation_data is not None:
            size = validation_batch_size or batch_size
            held_out = self._validation(validation_data, size)
        if steps_per_epoch is not None:
            data = Limited(data, positive("fit: steps_per_epoch", steps_per_epoch), start)
        if held_out is not None and validation_steps is not None:
            held_out = Limited(held_out, positive("fit: validation_steps", validation_steps))
        self._build_on(data)
        history, others = _history_apart(_listed(callbacks))
        params: dict[str, Any] = {"epochs": epochs, "steps": data.steps}
        turns = self._callbacks(others, level, **params)
        CallbackList([history], model=cast("Model", self), verbose=level, **params)
        run = Run(self, data, held_out, turns, history, shuffling)
        run.validates = _validating(validation_freq)
        return run.through(start, epochs)

    def _validation(self, data: Any, batch_size: int | None) -> Source:
        if is_generator(data):
            return self._generated("fit: validation_data", data, None)
        arrays = self._prepare("fit: validation_data", *_parts(data))
        return ArrayData(arrays, batch_size)

    def _generated(
        self, call: str, data: Any, shuffling: Shuffling | None, class_weight: Any = None
    ) -> GeneratedData:
        def prepared(x: Any, y: Any = None, weight: Any = None) -> Arrays:
            arrays = self._prepare(call, x, y, weight)
            if class_weight is None:
                return arrays
            refuse_both_weights(call, weight)
            return arrays._replace(weight=class_weights(class_weight, arrays.y, None))

        return GeneratedData(data, prepared, shuffling)

    def _build_on(self, data: Source) -> None:
        """Make the weights, if there are none yet, for the shape of the data."""
        if not self._has_call and self.overrides("train_step"):
            return  # the layers inside are called by that step alone
        if not self.built or any(not layer.built for layer in self._all_layers()):
            first = trees.transform(lambda array: array[:1], data.first.x)
            with no_grad():
                self._try(first)

    # -------------------------------------------------------------------- evaluate and predict

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Callbacks = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss and the metrics on data, without training.

        Args:
            x: inputs, samples first, or what yields batches; as for `fit`.
            y: targets, samples first.
            batch_size: how many samples are computed at a time, 32 by default.
            verbose: as for `fit`.
            sample_weight: a weight for each sample's loss.
            steps: how many batches to take; all by default.
            callbacks: what else to call.
            return_dict: whether to return names too.

        Returns:
            The loss; with metrics a list, in the order of `metrics_names`; or a dict.

        Raises:
            as `fit`, but NaN and infinities are let through.
        """
        self._need_compiled("evaluate")
        if is_generator(x):
            data: Source = self._generated("evaluate", x, None)
        else:
            data = ArrayData(self._prepare("evaluate", x, y, sample_weight), batch_size)
        if steps is not None:
            data = Limited(data, positive("evaluate: steps", steps))
        turns = self._callbacks(_listed(callbacks), _level(verbose), epochs=1, steps=data.steps)
        logs = self._evaluate(data, turns)
        if return_dict:
            return logs
        numbers = list(logs.values())
        return numbers if len(numbers) > 1 else numbers[0]

    def _evaluate(self, data: Source, turns: CallbackList) -> Logs:
        turns.call("on_test_begin")
        hooks = self._hooks(turns, "test")
        step = self._test_step(data.steps)
        reset, results = self._reporting()
        given: Logs | None = None
        self.stop_evaluating = False
        reset()
        with no_grad():
            for index, batch in enumerate(data.batches()):
                hooks.before(index)
                given = step(batch)
                hooks.after(index, partial(logs_of, given, results))
                if self.stop_evaluating:
                    break
            hooks.finish()
        logs = logs_of(given, results)
        turns.call("on_test_end", logs)
        return logs

    def _test_step(self, steps: int | None) -> Any:
        if self.overrides("test_step"):
            return lambda batch: self.test_step(unpacked(batch))
        if self.overrides("compute_loss", "compute_metrics"):
            return lambda batch: Steps.test_step(self, unpacked(batch))
        return self._programs_of(TestStep, steps)

    def _forward(self, training: bool) -> Callable[[Any], Any]:
        """Return a function from a batch's inputs to the outputs: `__call__`, found out once."""
        if not self._checks_inputs or self.activity_regularizer is not None:
            return lambda x: self(x, training=training)

        def forward(x: Any) -> Any:
            if not isinstance(x, Value) or masking.get_mask(x) is not None:
                return self(x, training=training)
            return self._call_checked(x, training)

        return forward

    def _loss(self, compiled: Compiled, batch: Batch, y_pred: Any) -> Any:
        if not compiled.has_loss:
            return self.compute_loss(batch.x, batch.y, y_pred, batch.weight)
        return compiled.loss_of(batch, y_pred, self.losses)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        steps: int | None = None,
        callbacks: Callbacks = None,
    ) -> Any:
        """Return the outputs for inputs, as arrays; the model need not be compiled.

        Args:
            x: inputs, samples first, or what yields batches of them.
            batch_size: how many samples are computed at a time, 32 by default.
            verbose: as for `fit`.
            steps: how many batches to take; all by default.
            callbacks: what else to call.

        Returns:
            An array; for several outputs arrays in the form in which the model returns them.

        Raises:
            ShapeError: if the inputs do not fit the model.
            DtypeError: if they are no numbers.
        """
        if is_generator(x):
            data: Source = GeneratedData(x, lambda x, *_: self._prepared_inputs("predict", x))
        else:
            data = ArrayData(self._prepared_inputs("predict", x), batch_size)
        if steps is not None:
            data = Limited(data, positive("predict: steps", steps))
        turns = self._callbacks(_listed(callbacks), _level(verbose), epochs=1, steps=data.steps)
        turns.call("on_predict_begin")
        hooks = self._hooks(turns, "predict")
        outputs, run = self._predicting(data.steps)
        reported = 0

        def unreported() -> Logs:
            nonlocal reported
            start, reported = reported, len(outputs)
            return {"outputs": joined(outputs[start:])}

        self.stop_predicting = False
        with no_grad():
            for index, batch in enumerate(data.batches()):
                hooks.before(index)
                run(batch)
                hooks.after(index, unreported)
                if self.stop_predicting:
                    break
            hooks.finish()
        turns.call("on_predict_end")
        return joined(outputs)

    def _predicting(self, steps: int | None) -> tuple[list[Any], Callable[[Batch], None]]:
        """Return a list, and what adds the outputs for a batch to it."""
        if not self.overrides("predict_step"):
            programs = self._programs_of(PredictStep, steps)
            assert isinstance(programs.step, PredictStep)
            programs.step.outputs = []
            return programs.step.outputs, programs
        outputs: list[Any] = []

        def run(batch: Batch) -> None:
            outputs.append(trees.transform(as_numpy, self.predict_step(unpacked(batch))))

        return outputs, run

    def _hooks(self, turns: CallbackList, kind: str) -> BatchHooks:
        begin, end = (turns.hooks(f"on_{kind}_batch_{when}") for when in ("begin", "end"))
        return BatchHooks(begin, end, self.steps_per_execution)

    def _callbacks(self, callbacks: list[Callback], level: int, **params: Any) -> CallbackList:
        if level and not any(isinstance(callback, ProgbarLogger) for callback in callbacks):
            callbacks = [*callbacks, ProgbarLogger()]
        return CallbackList(callbacks, model=cast("Model", self), verbose=level, **params)


def joined(outputs: list[Any]) -> Any:
    """Return the outputs for some batches as one, in the form of each."""
    parts = zip(*map(trees.leaves, outputs), strict=True)
    return trees.rebuild(outputs[0], [np.concatenate(part) for part in parts])


def _level(verbose: Verbose) -> int:
    if verbose not in ("auto", 0, 1, 2):
        raise ValueError(f"verbose={verbose!r} is none of 'auto', 0, 1 and 2.")
    return 1 if verbose == "auto" else int(verbose)


def _parts(data: Any) -> tuple[Any, Any, Any]:
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise ValueError(
            "fit: validation_data has to be a tuple (x, y) or (x, y, sample_weight), and it is "
            f"of type {type(data).__name__}"
            + (f" with {len(data)} parts." if isinstance(data, (tuple, list)) else ".")
        )
    return data[0], data[1], data[2] if len(data) == 3 else None


def _refuse_with_generator(x: Any, y: Any, weight: Any, share: float, class_weight: Any) -> None:
    given = {"y": y, "sample_weight": weight}
    if not isinstance(x, PyDataset):
        given["class_weight"] = class_weight
    for name, argument in given.items():
        if argument is not None:
            raise ValueError(f"fit: x yields batches, so {name} has to be yielded with them.")
    if share:
        raise ValueError("fit: x yields batches, so validation_split cannot part it.")


def _validating(freq: Any) -> Any:
    if isinstance(freq, (list, tuple, set)):
        return lambda epoch: epoch in freq
    every = positive("fit: validation_freq", freq)
    return lambda epoch: epoch % every == 0


def _history_apart(callbacks: list[Callback]) -> tuple[History, list[Callback]]:
    """Return the history, which takes down what the other callbacks add to logs, and the others."""
    given = [callback for callback in callbacks if isinstance(callback, History)]
    others = [callback for callback in callbacks if not isinstance(callback, History)]
    return given[0] if given else History(), others


def _listed(callbacks: Callbacks) -> list[Callback]:
    if isinstance(callbacks, CallbackList):
        return callbacks.callbacks
    if isinstance(callbacks, (list, tuple)):
        return [*callbacks]
    return [] if callbacks is None else [cast(Callback, callbacks)]
