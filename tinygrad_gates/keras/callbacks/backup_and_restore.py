"""Going on with a training that was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any, ClassVar

from tinygrad_gates.keras.callbacks.callback import Callback, Logs
from tinygrad_gates.keras.callbacks.every import EverySoManyBatches
from tinygrad_gates.keras.saving import training_state

NAME = "training.npz"
PREVIOUS = "training.previous.npz"


class BackupAndRestore(Callback):
    """Keeps a backup of the whole training, with which the same script goes on after a crash.

    However the process ends, the training that goes on ends with the same bits as one that was
    never interrupted: weights, the optimizer's state, schedules, shuffling, dropout, metrics,
    `History` and the other callbacks. Data from a generator have to be the same again.

    Args:
        backup_dir: a folder for the backup alone; it is made, and removed at the end.
        save_freq: "epoch", or after how many batches.
        double_checkpoint: whether the backup before is kept, too, to go back to if a disk
            damages the last.
        delete_checkpoint: whether the folder is removed when training has ended.

    Raises:
        ValueError: for an empty folder name or another save_freq; in training, for a backup
            that is damaged, or of another model, optimizer or list of callbacks.

    >>> import tempfile
    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(1,))])
    >>> model.compile(loss="mse")
    >>> backup = BackupAndRestore(tempfile.mkdtemp(), delete_checkpoint=False)
    >>> len(model.fit([[1.0]], [[0.0]], epochs=2, callbacks=[backup], verbose=0).epoch)
    2
    """

    after_history: ClassVar[bool] = True

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if not backup_dir:
            raise ValueError("BackupAndRestore: backup_dir has to name a folder.")
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._every = EverySoManyBatches("BackupAndRestore", save_freq)
        self._others: list[Callback] = []
        self._inside_epoch: dict[str, Any] | None = None

    @property
    def _path(self) -> Path:
        return Path(self.backup_dir, NAME)

    def set_callbacks(self, callbacks: list[Callback]) -> None:
        """Take the callbacks whose state is part of the backup."""
        self._others = [c for c in callbacks if type(c).get_state is not Callback.get_state]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Go back to the backup, if there is one."""
        state = self._found()
        self._inside_epoch = None
        if state is None:
            return
        self._restore(state)
        if state["resume"][1]:
            self._inside_epoch = state

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Undo what callbacks did at the beginning of an epoch that had begun already."""
        if self._inside_epoch is not None:
            state, self._inside_epoch = self._inside_epoch, None
            self._restore(state)

    def _found(self) -> dict[str, Any] | None:
        paths = [path for path in (self._path, self._path.with_name(PREVIOUS)) if path.exists()]
        if not paths:
            return None
        try:
            return training_state.load(paths[0])
        except ValueError:
            if len(paths) == 1:
                raise
            return training_state.load(paths[1])

    def _restore(self, state: dict[str, Any]) -> None:
        training_state.restore(state, self.model, self._others, self._path)
        self._every.batches = state["batches"]

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write the backup, if it is time."""
        if self._every.is_due():
            self._save()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the backup, if it is time."""
        if self.save_freq == "epoch":
            self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self.double_checkpoint and self._path.exists():
            self._path.replace(self._path.with_name(PREVIOUS))
        more = {"batches": self._every.batches}
        training_state.save(self._path, self.model, self._others, more)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the backup, if that is wanted."""
        if self.delete_checkpoint:
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(self.backup_dir)
