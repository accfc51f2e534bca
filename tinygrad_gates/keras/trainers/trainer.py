"""`compile`, `fit`, `evaluate` and `predict`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from tinygrad_gates.core.backward import gradients
from tinygrad_gates.keras.callbacks.callback import Callback
from tinygrad_gates.keras.callbacks.callback_list import CallbackList, call_all
from tinygrad_gates.keras.callbacks.history import History
from tinygrad_gates.keras.callbacks.progbar_logger import ProgbarLogger
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.trainers.compiled import Compiled
from tinygrad_gates.keras.trainers.data import (
    Array,
    Arrays,
    Batch,
    Data,
    positive,
    prepare,
    refuse_non_finite,
    split,
)
from tinygrad_gates.keras.trainers.interrupt import StepGuard
from tinygrad_gates.keras.trainers.shuffling import Shuffling
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.modes import no_grad

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model

Verbose = Literal["auto", 0, 1, 2] | bool
Weights = tuple[Variable, ...]


class Trainer(Layer):
    """What a model does with data."""

    stop_training = False
    """Set it in a callback, and training ends after the step."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._compiled: Compiled | None = None
        self.history: History | None = None

    # -------------------------------------------------------------------- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        *,
        metrics: Sequence[Any] | None = None,
    ) -> None:
        """Say how to train: what is minimised, by what rule, and what else is reported.

        Args:
            optimizer: a name, a class or an object.
            loss: a name, a class, an object, or a function of targets and predictions.
            metrics: a list of names ("acc"), objects or functions.

        Raises:
            ValueError: for unknown names.
            TypeError: if metrics are no list.
        """
        self._compiled = Compiled(optimizer, loss, metrics)

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    def _need_compiled(self, call: str) -> Compiled:
        if self._compiled is None:
            raise ValueError(
                f"{call}: the model is not compiled. Call "
                f"model.compile(optimizer='sgd', loss='mse') first."
            )
        return self._compiled

    @property
    def optimizer(self) -> Optimizer | None:
        """What `compile` was given, as an object."""
        return self._compiled.optimizer if self._compiled else None

    @property
    def loss(self) -> Any:
        """What `compile` was given."""
        return self._compiled.given_loss if self._compiled else None

    @property
    def metrics(self) -> list[Any]:
        """The mean loss and the metrics, which are known after the first batch."""
        return list(self._compiled.metrics) if self._compiled else []

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order."""
        return [metric.name for metric in self.metrics]

    # -------------------------------------------------------------------- fit

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Verbose = "auto",
        callbacks: Sequence[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        *,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
    ) -> History:
        """Train on data, and return what was reported.

        Ctrl-C ends training between two steps: the weights are usable, and `model.history` has
        the epochs that were finished.

        Args:
            x: inputs, samples first; integers are cast to float32.
            y: targets, samples first; a vector stands for one column.
            batch_size: how many samples a step takes, 32 by default.
            epochs: the number of the epoch to end with.
            verbose: 0 for silence, 1 for a line with a bar each epoch, 2 for one without; "auto"
                is 1.
            callbacks: what else to call.
            validation_split: the share of samples, the last ones, to validate with.
            validation_data: (x, y) or (x, y, sample_weight) to validate with.
            shuffle: whether each epoch has its own order of samples. The orders follow from
                `set_seed`; one batch that holds all samples keeps theirs.
            sample_weight: a weight for each sample's loss.
            initial_epoch: the number of epochs done before.
            validation_batch_size: as batch_size, for validation.

        Returns:
            A `History`; its `history` maps "loss", each metric, and "val_..." to one float an
            epoch.

        Raises:
            ValueError: if the model is not compiled, an argument is out of range, or there is a
                NaN or an infinity in the data.
            ShapeError: if counts of samples or shapes do not fit.
            DtypeError: if data are no numbers.
        """
        compiled = self._need_compiled("fit")
        epochs = positive("fit: epochs", epochs, 0)
        arrays = self._prepare("fit", x, y, sample_weight)
        validation = None
        if validation_data is not None:
            validation = self._prepare("fit: validation_data", *_parts(validation_data))
        elif validation_split:
            arrays, validation = split(arrays, validation_split)
        refuse_non_finite("fit", arrays)
        data = Data(arrays, batch_size, Shuffling() if shuffle else None)
        held_out = Data(validation, validation_batch_size or batch_size) if validation else None
        weights = self._trainable_weights_for(data)
        params = {"epochs": epochs, "steps": data.steps}
        history, others = _history_apart(_listed(callbacks))
        turns = self._callbacks(others, verbose, **params)
        CallbackList([history], cast("Model", self), verbose=_level(verbose), **params)
        self.history = history
        self.stop_training = False
        with StepGuard() as guard:
            turns.call("on_train_begin")
            history.on_train_begin()
            logs: dict[str, float] = {}
            for epoch in range(positive("fit: initial_epoch", initial_epoch, 0), epochs):
                call_all(turns.epoch_begin, epoch)
                self._epoch(compiled, data.batches(epoch), weights, turns, guard)
                logs = compiled.results()
                if held_out is not None:
                    results = self._evaluate(compiled, held_out, turns)
                    logs |= {f"val_{name}": number for name, number in results.items()}
                call_all(turns.epoch_end, epoch, logs)
                guard.holding = True
                history.on_epoch_end(epoch, logs)
                guard.release()
                if self.stop_training:
                    break
            turns.call("on_train_end", logs)
        return history

    def _epoch(
        self,
        compiled: Compiled,
        batches: Iterator[Batch],
        weights: Weights,
        turns: CallbackList,
        guard: StepGuard,
    ) -> None:
        compiled.reset()
        begin, end = turns.train_batch_begin, turns.train_batch_end
        for index, batch in enumerate(batches):
            if begin:
                call_all(begin, index)
            guard.holding = True
            self._train_on(compiled, batch, weights)
            guard.release()
            if end:
                call_all(end, index, compiled.results())
            if self.stop_training:
                break

    def _train_on(self, compiled: Compiled, batch: Batch, weights: Weights) -> None:
        y_pred = self(batch.x, training=True)
        loss = compiled.loss_of(batch, y_pred)
        if weights:
            compiled.optimizer.apply(gradients(loss, weights), weights)
        compiled.update(loss, batch, y_pred)

    # -------------------------------------------------------------------- evaluate and predict

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        sample_weight: Any = None,
        *,
        callbacks: Sequence[Callback] | Callback | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Return the loss and the metrics on data, without training.

        Args:
            x: inputs, samples first.
            y: targets, samples first.
            batch_size: how many samples are computed at a time, 32 by default.
            verbose: as for `fit`.
            sample_weight: a weight for each sample's loss.
            callbacks: what else to call.
            return_dict: whether to return names too.

        Returns:
            The loss; with metrics a list, in the order of `metrics_names`; or a dict.

        Raises:
            as `fit`, but NaN and infinities are let through.
        """
        compiled = self._need_compiled("evaluate")
        data = Data(self._prepare("evaluate", x, y, sample_weight), batch_size)
        turns = self._callbacks(_listed(callbacks), verbose, steps=data.steps)
        logs = self._evaluate(compiled, data, turns)
        if return_dict:
            return logs
        numbers = list(logs.values())
        return numbers if len(numbers) > 1 else numbers[0]

    def _evaluate(self, compiled: Compiled, data: Data, turns: CallbackList) -> dict[str, float]:
        turns.call("on_test_begin")
        compiled.reset()
        begin, end = turns.hooks("on_test_batch_begin"), turns.hooks("on_test_batch_end")
        with no_grad():
            for index, batch in enumerate(data.batches()):
                call_all(begin, index)
                y_pred = self(batch.x, training=False)
                compiled.update(compiled.loss_of(batch, y_pred), batch, y_pred)
                if end:
                    call_all(end, index, compiled.results())
        logs = compiled.results()
        turns.call("on_test_end", logs)
        return logs

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        *,
        callbacks: Sequence[Callback] | Callback | None = None,
    ) -> Array:
        """Return the outputs for inputs, as an array; the model need not be compiled.

        Args:
            x: inputs, samples first.
            batch_size: how many samples are computed at a time, 32 by default.
            verbose: as for `fit`.
            callbacks: what else to call.

        Raises:
            ShapeError: if the inputs do not fit the model.
            DtypeError: if they are no numbers.
        """
        data = Data(prepare("predict", x, x_dtype=self.input_dtype), batch_size)
        turns = self._callbacks(_listed(callbacks), verbose, steps=data.steps)
        turns.call("on_predict_begin")
        begin, end = turns.hooks("on_predict_batch_begin"), turns.hooks("on_predict_batch_end")
        outputs = []
        with no_grad():
            for index, batch in enumerate(data.batches()):
                call_all(begin, index)
                outputs.append(self(batch.x, training=False).numpy())
                call_all(end, index)
        turns.call("on_predict_end")
        return np.concatenate(outputs)

    # -------------------------------------------------------------------- what they share

    @property
    def input_dtype(self) -> np.dtype[Any]:
        """What inputs are cast to."""
        return self.dtype

    @property
    def output_dtype(self) -> np.dtype[Any]:
        """What targets are cast to."""
        return self.dtype

    def _prepare(self, call: str, x: Any, y: Any, weight: Any) -> Arrays:
        loss = self._need_compiled(call).loss
        if loss is None:
            raise ValueError(
                f"{call}: compile was given no loss. Call model.compile(optimizer='sgd', "
                f"loss='mse') first."
            )
        if y is None:
            raise ValueError(f"{call}: y is missing: the loss compares it with the output.")
        y_dtype = None if loss.integer_targets else self.output_dtype
        return prepare(call, x, y, weight, x_dtype=self.input_dtype, y_dtype=y_dtype)

    def _trainable_weights_for(self, data: Data) -> Weights:
        if not self.built:
            with no_grad():
                self(data.arrays[0][:1], training=False)
        return tuple(self.trainable_weights)

    def _callbacks(
        self, callbacks: list[Callback], verbose: Verbose, **params: Any
    ) -> CallbackList:
        level = _level(verbose)
        if level:
            callbacks = [*callbacks, ProgbarLogger()]
        return CallbackList(callbacks, cast("Model", self), verbose=level, **params)


def _level(verbose: Verbose) -> int:
    if verbose not in ("auto", 0, 1, 2):
        raise ValueError(f"verbose={verbose!r} is none of 'auto', 0, 1 and 2.")
    return 1 if verbose == "auto" else int(verbose)


def _parts(data: Sequence[Any]) -> tuple[Any, Any, Any]:
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise ValueError(
            "fit: validation_data has to be a tuple (x, y) or (x, y, sample_weight), and it is "
            f"of type {type(data).__name__}"
            + (f" with {len(data)} parts." if isinstance(data, (tuple, list)) else ".")
        )
    return data[0], data[1], data[2] if len(data) == 3 else None


def _history_apart(callbacks: list[Callback]) -> tuple[History, list[Callback]]:
    """Return the history, which is always called last, and the other callbacks."""
    given = [callback for callback in callbacks if isinstance(callback, History)]
    others = [callback for callback in callbacks if not isinstance(callback, History)]
    return given[0] if given else History(), others


def _listed(callbacks: Sequence[Callback] | Callback | None) -> list[Callback]:
    if isinstance(callbacks, (list, tuple)):
        return [*callbacks]
    return [] if callbacks is None else [cast(Callback, callbacks)]
