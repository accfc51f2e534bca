"""`History`: what `fit` returns."""

from __future__ import annotations

from tinygrad_gates.keras.callbacks.callback import Callback, Logs


class History(Callback):
    """The logs of every finished epoch.

    Attributes:
        history: for each key of the logs, a list with one float an epoch.
        epoch: the numbers of the epochs, from 0.
    """

    __module__ = "tinygrad_gates.keras.callbacks"  # as it is imported, and as it is shown

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start afresh."""
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Take down an epoch's logs."""
        self.epoch.append(epoch)
        for name, number in (logs or {}).items():
            self.history.setdefault(name, []).append(number)

    def extend(self, first: int, logs: dict[str, list[float]]) -> None:
        """Take down the logs of several epochs, each key's numbers in order.

        >>> history = History()
        >>> history.extend(0, {"loss": [0.5, 0.25]})
        >>> history.epoch, history.history
        ([0, 1], {'loss': [0.5, 0.25]})
        """
        count = len(next(iter(logs.values())))
        self.epoch.extend(range(first, first + count))
        for name, numbers in logs.items():
            self.history.setdefault(name, []).extend(numbers)
