"""What a model does with one batch, unless a subclass says otherwise: run as it is, or compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.backward import gradients
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import TraceError
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.registry import is_ours
from tinygrad_gates.keras.trainers.compiled import Compiled
from tinygrad_gates.keras.trainers.data import Batch, as_numpy
from tinygrad_gates.keras.variable import Variable

if TYPE_CHECKING:
    from tinygrad_gates.keras.trainers.trainer import Trainer


class OneStep:
    """A step that computes outputs, and then takes them into account.

    A compiled program does the first, and the second where that can be compiled, too.

    Args:
        model: what computes.
    """

    training = False

    def __init__(self, model: Trainer) -> None:
        self.model = model
        self._forward = model._forward(self.training)

    def __call__(self, batch: Batch) -> Any:
        """Return the outputs for a batch."""
        return self._forward(batch.x)

    def account(self, batch: Batch, y_pred: Any) -> None:
        """Take outputs into account."""
        raise NotImplementedError

    def accounts_in_python(self) -> bool:
        """Return whether accounting is for Python to do."""
        return True

    def is_prepared(self) -> bool:
        """Return whether nothing has to be made by a first step."""
        return False

    def state(self) -> list[Variable]:
        """Return all variables that a step reads or changes."""
        return self.model.variables

    def beside(self) -> tuple[Any, ...]:
        """Return numbers that are computed anew before each step, for `followed`."""
        return ()

    def stand_in(self) -> tuple[Any, ...]:
        """Return as many numbers of the same kind."""
        return ()

    def followed(self, batch: Batch, beside: tuple[Any, ...]) -> Any:
        """Return the outputs, given the numbers that `beside` returned."""
        return self(batch)

    def arrays(self, y_pred: Any) -> Any:
        """Return outputs as arrays, from which `account` can do its part.

        Raises `TraceError` if they carry masks, which arrays cannot.
        """
        if masking.masks_of(y_pred) is not None:
            raise TraceError("outputs carry masks, and metrics run in Python")
        return _arrays(y_pred)


class PredictStep(OneStep):
    """Computing outputs, which are kept.

    Attributes:
        outputs: those of each batch, as arrays.
    """

    def __init__(self, model: Trainer) -> None:
        super().__init__(model)
        self.outputs: list[Any] = []

    def account(self, batch: Batch, y_pred: Any) -> None:
        """Keep outputs."""
        self.outputs.append(trees.transform(as_numpy, y_pred))

    def arrays(self, y_pred: Any) -> Any:
        """Return outputs as arrays."""
        return _arrays(y_pred)


class TestStep(OneStep):
    """A step of evaluation."""

    def __init__(self, model: Trainer) -> None:
        super().__init__(model)
        self.compiled: Compiled = model._need_compiled("fit" if self.training else "evaluate")
        weights = model.trainable_weights
        self._penalised = any(weight.regularizer is not None for weight in weights)

    def __call__(self, batch: Batch) -> Any:
        """Return the outputs for a batch, and note their loss."""
        y_pred = self._forward(batch.x)
        self._note(self._loss(batch, y_pred), batch)
        return y_pred

    def _loss(self, batch: Batch, y_pred: Any) -> Value:
        compiled, model = self.compiled, self.model
        if self._penalised or model._losses or not compiled.has_loss:
            loss: Value = model._loss(compiled, batch, y_pred)
            return loss
        return compiled.loss_of(batch, y_pred)

    def _note(self, loss: Value, batch: Batch) -> None:
        self.compiled.loss_mean.add(loss._data, batch.size)

    def account(self, batch: Batch, y_pred: Any) -> None:
        """Let the metrics take outputs into account."""
        self.compiled.update_metrics(batch, y_pred)

    def accounts_in_python(self) -> bool:
        """Return whether there are metrics of a user's, which may keep what no program knows of."""
        return not all(map(_is_known, self.compiled.asked))

    def is_prepared(self) -> bool:
        """Return whether there are no metrics, which the first batch makes of their names."""
        return self.compiled.has_loss and not any(o.asked for o in self.compiled.outputs)

    def state(self) -> list[Variable]:
        """Return all variables that a step reads or changes."""
        metrics = [v for metric in self.compiled.metrics for v in metric.variables]
        return [*super().state(), *metrics]


class TrainStep(TestStep):
    """A step of training."""

    training = True

    def __init__(self, model: Trainer) -> None:
        super().__init__(model)
        self._weights = tuple(model.trainable_weights)
        self._update = model.optimizer.stepper(self._weights) if self._weights else None

    def __call__(self, batch: Batch) -> Any:
        """Return the outputs for a batch, and change the weights."""
        y_pred = self._forward(batch.x)
        loss = self._loss(batch, y_pred)
        if self._update is not None:
            self._update(gradients(loss, self._weights))
        self._note(loss, batch)
        return y_pred

    def state(self) -> list[Variable]:
        """Return all variables that a step reads or changes."""
        return [*super().state(), *self.model.optimizer.variables]

    def beside(self) -> tuple[Any, ...]:
        """Return the learning rate, where a function of a user's makes it."""
        optimizer = self.model.optimizer
        rate = optimizer._rate
        return (rate.at(optimizer._iterations._data),) if rate.is_from_outside else ()

    def stand_in(self) -> tuple[Any, ...]:
        """Return some learning rate, where `beside` returns one."""
        return (np.float32(0.5),) if self.model.optimizer._rate.is_from_outside else ()

    def followed(self, batch: Batch, beside: tuple[Any, ...]) -> Any:
        """Return the outputs, given the learning rate if that is made outside."""
        if not beside:
            return self(batch)
        with self.model.optimizer._rate.given(*beside):
            return self(batch)


def _arrays(y_pred: Any) -> Any:
    return trees.transform(lambda leaf: leaf._data if isinstance(leaf, Value) else leaf, y_pred)


def _is_known(metric: Any) -> bool:
    """Return whether a metric is ours, and so is the function that it may wrap."""
    function = getattr(metric, "fn", metric)
    return is_ours(type(metric)) and str(getattr(function, "__module__", "")).startswith(
        __name__.partition(".")[0]
    )
