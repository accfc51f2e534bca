"""Making steps smaller when nothing gets better any more."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.callbacks.callback import Logs
from tinygrad_gates.keras.callbacks.monitor_callback import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate when a number has not got better for some epochs.

    The rate is added to the logs, as "learning_rate".

    Args:
        monitor: the key in logs.
        factor: what the rate is multiplied with, below 1.
        patience: for how many epochs to wait.
        verbose: 1 to print what is done.
        mode: "min" if less is better, "max" if more is; "auto" finds out from the loss or metric.
        min_delta: by how much it has to get better.
        cooldown: how many epochs to let pass after a change.
        min_lr: the least rate.

    Raises:
        ValueError: for a factor of 1 or more.

    >>> ReduceLROnPlateau("loss", factor=0.5).patience
    10
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0 <= factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor={factor!r} has to be from 0 to below 1.")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._start()

    def _start(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start afresh."""
        self._start()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Reduce the rate if the number has not got better for long enough."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        number = self.current(logs)
        if number is None:
            return
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_better(number, self.best):
            self.best = number
            self.wait = 0
        elif not self.cooldown_counter:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        rate = float(optimizer.learning_rate)
        if rate <= self.min_lr:
            return
        optimizer.learning_rate = max(rate * self.factor, self.min_lr)
        if self.verbose:
            reduced = float(optimizer.learning_rate)
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {reduced}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0

    def get_state(self) -> dict[str, Any]:
        """Return what the callback knows."""
        return {name: getattr(self, name) for name in ("best", "wait", "cooldown_counter")}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        vars(self).update(state)
