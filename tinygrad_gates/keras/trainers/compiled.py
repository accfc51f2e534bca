"""What `compile` was given, and the loss and metrics since the epoch began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import losses, metrics, optimizers
from tinygrad_gates.keras.metrics.resolve import log_name
from tinygrad_gates.keras.trainers.data import Batch


class Compiled:
    """An optimizer, a loss and metrics, resolved from what `compile` takes.

    Raises:
        ValueError: for unknown names.
        TypeError: if metrics are no list.
    """

    def __init__(self, optimizer: Any, loss: Any, asked_metrics: Sequence[Any] | None) -> None:
        if not isinstance(asked_metrics, (list, tuple, type(None))):
            raise TypeError(
                f"compile: metrics={asked_metrics!r} has to be a list, such as metrics=['acc']."
            )
        self.optimizer = optimizers.get(optimizer)
        self.given_loss = loss
        self.loss = None if loss is None else losses.as_loss(loss)
        self.loss_mean = metrics.Mean("loss")
        self._asked = list(asked_metrics or ())
        _refuse_repeated(["loss", *map(log_name, self._asked)])
        self._metrics: list[metrics.Metric] | None = None

    def loss_of(self, batch: Batch, y_pred: Any) -> Value:
        """Return the loss of predictions for a batch.

        Raises:
            ShapeError: if the model's output, or its loss, has a shape that cannot be.
        """
        assert self.loss is not None
        if len(y_pred._data) != batch.size:
            raise ShapeError(
                f"the model's output has shape {y_pred.shape} for {batch.size} samples; its first "
                f"axis has to be that of the samples."
            )
        loss = self.loss(batch.y, y_pred, batch.weight)
        if loss._data.ndim:
            raise ShapeError(
                f"{self.loss.name}: training needs one number to minimise, and this loss has "
                f"shape {loss.shape}. Use a reduction other than 'none'."
            )
        return loss

    def update(self, loss: Value, batch: Batch, y_pred: Any) -> None:
        """Take a batch into account."""
        self.loss_mean.add(float(loss._data), batch.size)
        if not self._asked:
            return
        assert batch.y is not None
        if self._metrics is None:
            shapes = batch.y.shape, y_pred.shape
            self._metrics = [metrics.for_shapes(asked, *shapes) for asked in self._asked]
        for metric in self._metrics:
            metric.update_state(batch.y._data, y_pred._data)

    @property
    def metrics(self) -> list[metrics.Metric]:
        """The mean loss, then the metrics, which are known after the first batch."""
        return [self.loss_mean, *(self._metrics or ())]

    def results(self) -> dict[str, float]:
        """Return the loss and the metrics since the last reset."""
        return {metric.name: metric.result() for metric in self.metrics}

    def reset(self) -> None:
        """Begin afresh."""
        for metric in self.metrics:
            metric.reset_state()


def _refuse_repeated(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"compile: two entries of metrics are called {name!r} (or the loss is). Give "
                f"one another name, as in BinaryAccuracy(name='other')."
            )
