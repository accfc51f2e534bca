"""What a model does with one batch, unless a subclass says otherwise: run as it is, or compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinygrad_gates import trees
from tinygrad_gates.core.backward import gradients
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.registry import is_ours
from tinygrad_gates.keras.trainers.compiled import Compiled
from tinygrad_gates.keras.trainers.data import Batch
from tinygrad_gates.keras.variable import Variable

if TYPE_CHECKING:
    from tinygrad_gates.keras.trainers.trainer import Trainer


class OneStep:
    """A step that computes outputs, and takes them into account.

    Called with a batch, it returns what `account` needs. Both together are the step; a compiled
    program does the first, and the second where that can be compiled, too.

    Args:
        model: what computes.
    """

    training = False

    def __init__(self, model: Trainer) -> None:
        self.model = model
        self.compiled: Compiled = model._need_compiled("fit" if self.training else "evaluate")
        self._forward = model._forward(self.training)
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
        """Return whether the metrics are a user's, which may keep what no program knows of."""
        return not all(is_ours(type(metric)) for metric in self.compiled.asked)

    def state(self) -> list[Variable]:
        """Return all variables that a step reads or changes."""
        metrics = [v for metric in self.compiled.metrics for v in metric.variables]
        return [*self.model.variables, *metrics]


class TrainStep(OneStep):
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


def without_graph(y_pred: Any) -> Any:
    """Return outputs as constants.

    Raises `ValueError` if they carry masks, which arrays cannot.
    """
    if masking.masks_of(y_pred) is not None:
        raise ValueError("masks go no further than the program")
    return trees.transform(lambda leaf: leaf._data if isinstance(leaf, Value) else leaf, y_pred)
