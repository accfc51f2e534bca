"""Saving the model while it trains."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tinygrad_gates.keras.callbacks.callback import Logs
from tinygrad_gates.keras.callbacks.every import EverySoManyBatches
from tinygrad_gates.keras.callbacks.monitor_callback import MonitorCallback


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after each epoch or some batches.

    Files are written wholly or not at all.

    Args:
        filepath: where to; {epoch}, {batch} and the keys of logs are filled in, as in
            "{epoch:02d}-{val_loss:.2f}.keras". Folders are made.
        monitor: the key in logs, for `save_best_only`.
        verbose: 1 to print what is saved.
        save_best_only: whether to save only when that number got better.
        save_weights_only: whether to save weights alone, in ".weights.h5" or ".safetensors".
        mode: "min" if less is better, "max" if more is; "auto" finds out from the loss or metric.
        save_freq: "epoch", or after how many batches.
        initial_value_threshold: what the number has to be better than at first.

    Raises:
        ValueError: for another save_freq, or an ending that is no format.
        KeyError: in training, if the path names what is not in the logs.

    >>> ModelCheckpoint("model-{epoch}.keras").filepath
    'model-{epoch}.keras'
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = os.fspath(filepath)
        endings = (".weights.h5", ".safetensors") if save_weights_only else (".keras",)
        if not self.filepath.endswith(endings):
            raise ValueError(
                f"ModelCheckpoint: filepath={self.filepath!r} has to end with "
                f"{' or '.join(endings)}, with save_weights_only={save_weights_only}."
            )
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.initial_value_threshold = initial_value_threshold
        self.best = initial_value_threshold
        self._every = EverySoManyBatches("ModelCheckpoint", save_freq)
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Know the number of the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save, if it is time."""
        if self._every.is_due():
            self._save(self._epoch, logs or {}, batch=batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if it is time."""
        if self.save_freq == "epoch":
            self._save(epoch, logs or {})

    def _save(self, epoch: int, logs: Logs, **more: int) -> None:
        path = self._path(epoch, {**more, **logs})
        if self.save_best_only and not self._got_better(epoch, logs):
            return
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: saving model to {path}")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)

    def _got_better(self, epoch: int, logs: Logs) -> bool:
        number = self.current(logs)
        if number is None:
            return True  # as in Keras: better one file too many
        if not self.is_better(number, self.best):
            if self.verbose:
                print(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {self.best:.5f}")
            return False
        if self.verbose:
            before = "None" if self.best is None else f"{self.best:.5f}"
            print(f"\nEpoch {epoch + 1}: {self.monitor} improved from {before} to {number:.5f}")
        self.best = number
        return True

    def _path(self, epoch: int, known: dict[str, Any]) -> str:
        try:
            return self.filepath.format(epoch=epoch + 1, **known)
        except KeyError as missing:
            raise KeyError(
                f"ModelCheckpoint: filepath={self.filepath!r} names {missing}, and there are "
                f"epoch, {', '.join(known)}."
            ) from None

    def get_state(self) -> dict[str, Any]:
        """Return what the callback knows."""
        return {"best": self.best, "batches": self._every.batches}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self.best = state["best"]
        self._every.batches = state["batches"]
