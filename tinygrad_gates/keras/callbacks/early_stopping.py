"""Stopping when nothing gets better any more."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.callbacks.callback import Logs
from tinygrad_gates.keras.callbacks.monitor_callback import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops training when a number has not got better for some epochs.

    Args:
        monitor: the key in logs.
        min_delta: by how much it has to get better.
        patience: for how many epochs to wait.
        verbose: 1 to print when and why.
        mode: "min" if less is better, "max" if more is; "auto" finds out from the loss or metric.
        baseline: what it has to become better than, too.
        restore_best_weights: whether to go back to the weights of the best epoch at the end.
        start_from_epoch: how many epochs to wait before watching.

    Attributes:
        best: the best number.
        best_epoch: the number of its epoch, from 0.
        stopped_epoch: the number of the epoch after which training stopped; 0 if it did not.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(1,))])
    >>> model.compile(loss="mse")
    >>> stopping = EarlyStopping("loss", min_delta=1.0)
    >>> history = model.fit([[1.0]], [[0.0]], epochs=9, callbacks=[stopping], verbose=0)
    >>> len(history.epoch)
    2
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._start()

    def _start(self) -> None:
        self.wait = 0
        self.best = None
        self.best_epoch = 0
        self.stopped_epoch = 0
        self.best_weights: list[Any] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start afresh."""
        self._start()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Stop training if the number has not got better for long enough."""
        number = self.current(logs)
        if number is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.is_better(number, self.best):
            self.best = number
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.is_better(number, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Go back to the best weights, if that is wanted."""
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring the weights of the best epoch, {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def get_state(self) -> dict[str, Any]:
        """Return what the callback knows."""
        names = ("wait", "best", "best_epoch", "stopped_epoch", "best_weights")
        return {name: getattr(self, name) for name in names}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        vars(self).update(state)
