"""Writing logs to a table."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.keras.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Writes a row of comma-separated values after each epoch.

    The columns are the epoch's number, from 0, and the keys of the first logs in alphabetical
    order; what a later epoch lacks is "NA".

    Args:
        filename: the file.
        separator: between values.
        append: whether rows are added to a file that exists; it is replaced else.

    >>> import tempfile
    >>> logger = CSVLogger(Path(tempfile.mkdtemp()) / "log.csv")
    >>> logger.on_train_begin()
    >>> logger.on_epoch_end(0, {"loss": 0.5})
    >>> print(Path(logger.filename).read_text())
    epoch,loss,val_loss
    0,0.5,NA
    <BLANKLINE>
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._keys: list[str] | None = None
        self._replaces = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Make the file, if there is none."""
        self._keys = None
        # Its old rows go when the first new one comes: a training that goes on needs them.
        self._replaces = not self.append
        Path(self.filename).open("a").close()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add a row."""
        logs = logs or {}
        path = Path(self.filename)
        self._drop_old_rows()
        begun = path.exists() and path.stat().st_size > 0
        if self._keys is None:
            self._keys = sorted(logs)
            if not any(key.startswith("val_") for key in self._keys):
                self._keys += [f"val_{key}" for key in self._keys]
        with path.open("a", newline="") as file:
            rows = csv.writer(file, delimiter=self.separator)
            if not begun:
                rows.writerow(["epoch", *self._keys])
            rows.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self._keys)])

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Leave no old rows where no new ones came."""
        self._drop_old_rows()

    def _drop_old_rows(self) -> None:
        if self._replaces:
            Path(self.filename).write_text("")
            self._replaces = False

    def get_state(self) -> dict[str, Any]:
        """Return the columns, whether the file has old rows, and how long it is."""
        path = Path(self.filename)
        size = path.stat().st_size if path.exists() else 0
        return {"keys": self._keys, "replaces": self._replaces, "size": size}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned: rows written since then are dropped."""
        self._keys, self._replaces = state["keys"], state["replaces"]
        path = Path(self.filename)
        if path.exists() and path.stat().st_size > state["size"]:
            os.truncate(path, state["size"])


def _cell(item: Any) -> Any:
    """Return what stands for a number, a text or several numbers in a cell."""
    several = not isinstance(item, str) and np.ndim(item) > 0
    return f'"[{", ".join(map(str, item))}]"' if several else item
