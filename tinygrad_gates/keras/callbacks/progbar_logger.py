"""Printing the progress of training, evaluation and prediction."""

from __future__ import annotations

from tinygrad_gates.keras.callbacks.callback import Callback, Logs
from tinygrad_gates.keras.utils.progbar import Progress, finished_line, one_line, running_line
from tinygrad_gates.keras.utils.status_line import StatusLine


class ProgbarLogger(Callback):
    """Prints what `verbose` asks for: 1 a line with a bar, 2 a line at the end of each epoch.

    On a terminal the line with the bar is live; elsewhere each epoch prints one finished line.
    `fit` brings one along where verbose is not 0; give one of your own for a single line.

    Args:
        whole_run: whether there is one line for all epochs, which counts them, not one for each.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(
    ...     [[0.0]], [0.0], epochs=100, callbacks=[ProgbarLogger(whole_run=True)]
    ... )  # doctest: +ELLIPSIS
    100/100 [==============================] - 0s ...s/epoch - loss: 0.0000e+00
    """

    def __init__(self, whole_run: bool = False) -> None:
        self.whole_run = whole_run
        self._line = StatusLine()
        self._progress = Progress(None)
        self._validating = False

    @property
    def _bar(self) -> bool:
        return self.params.get("verbose") == 1

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Know that evaluations from now on are part of training."""
        self._validating = True
        if self.whole_run:
            self._progress = Progress(self.params["epochs"], unit="epoch")

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Know that training is over; finish the line of a whole run."""
        self._validating = False
        if self.whole_run:
            self._finish(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the number of the epoch."""
        if self.whole_run:
            return
        self._line.print(f"Epoch {epoch + 1}/{self.params['epochs']}")
        self._progress = Progress(self.params["steps"])

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Show a step done."""
        if not self.whole_run:
            self._step(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the finished line, with the results of validation."""
        if self.whole_run:
            self._step(epoch, logs)
        else:
            self._finish(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start the line of an evaluation."""
        if not self._validating:
            self._progress = Progress(self.params["steps"])

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Show a batch of an evaluation done."""
        if not self._validating:
            self._step(batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Print the results of an evaluation."""
        if not self._validating:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start the line of a prediction."""
        self._progress = Progress(self.params["steps"])

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Show a batch of predictions done."""
        self._step(batch, logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Print the finished line of a prediction."""
        self._finish(logs)

    def _step(self, batch: int, logs: Logs | None) -> None:
        progress = self._progress
        progress.advance(batch + 1)
        if self._bar and self._line.is_due():
            self._line.show(running_line(progress, logs or {}))

    def _finish(self, logs: Logs | None) -> None:
        line = finished_line if self._bar else one_line
        self._line.print(line(self._progress, logs or {}))
