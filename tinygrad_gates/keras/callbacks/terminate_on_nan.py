"""Stopping when the loss is no number any more."""

from __future__ import annotations

import math

from tinygrad_gates.keras.callbacks.callback import Callback, Logs


class TerminateOnNaN(Callback):
    """Stops training after a step whose loss is NaN or infinite.

    Args:
        raise_error: whether to raise an error instead.

    Raises:
        RuntimeError: in training, if `raise_error` asks for it.

    >>> TerminateOnNaN(raise_error=True).on_train_batch_end(3, {"loss": float("nan")})
    Traceback (most recent call last):
    RuntimeError: the loss is nan after batch 3: the learning rate may be too large.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        message = f"the loss is {loss} after batch {batch}: the learning rate may be too large."
        if self.raise_error:
            raise RuntimeError(message)
        print(f"Batch {batch}: training ends, as {message}")
        self.model.stop_training = True
