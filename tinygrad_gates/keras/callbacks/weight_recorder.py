"""Keeping the weights of every epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.keras.callbacks.callback import Callback, Logs


class WeightRecorder(Callback):
    """Keeps what `get_weights` returns before the first epoch and after each.

    `tinygrad_gates.picture` draws from it how a separating line moves and where on the surface
    of the loss an optimizer went; `model.set_weights(recorder.weights[3])` goes back.

    Args:
        every: after how many epochs to keep them; those of the last are kept in any case.

    Attributes:
        weights: at each of these moments a list of arrays.
        epochs: how many epochs were done by then.

    Raises:
        ValueError: if `every` is not positive.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(1,), kernel_initializer="zeros")])
    >>> model.compile("sgd", "mse")
    >>> recorder = WeightRecorder()
    >>> history = model.fit([[1.0]], [[1.0]], epochs=2, verbose=0, callbacks=[recorder])
    >>> for epoch, (kernel, bias) in zip(recorder.epochs, recorder.weights):
    ...     print(epoch, kernel.round(2), bias.round(2))
    0 [[0.]] [0.]
    1 [[0.02]] [0.02]
    2 [[0.04]] [0.04]
    """

    def __init__(self, every: int = 1) -> None:
        if every < 1:
            raise ValueError(f"WeightRecorder: every={every} has to be 1 or more.")
        self.every = every
        self.weights: list[list[np.ndarray[Any, Any]]] = []
        self.epochs: list[int] = []
        self._done = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start afresh."""
        self.weights, self.epochs = [], []

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the weights that training starts from."""
        if not self.epochs:
            self._keep(epoch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the weights, if it is time."""
        self._done = epoch + 1
        if self._done % self.every == 0:
            self._keep(self._done)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Keep the weights of the last epoch, if they have not been."""
        if self.epochs and self.epochs[-1] < self._done:
            self._keep(self._done)

    def _keep(self, done: int) -> None:
        self.epochs.append(done)
        self.weights.append(self.model.get_weights())

    def get_state(self) -> dict[str, Any]:
        """Return what has been kept."""
        return {"weights": self.weights, "epochs": self.epochs, "done": self._done}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self.weights, self.epochs, self._done = state["weights"], state["epochs"], state["done"]
