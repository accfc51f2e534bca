"""Calling callbacks, and only those that have something to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tinygrad_gates.keras.callbacks.callback import Callback, Logs

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model

Hook = Callable[..., None]


class CallbackList:
    """The callbacks of one `fit`, `evaluate` or `predict`, in order.

    Args:
        callbacks: what to call.
        model: the model, which every callback gets to know.
        **params: of the call, likewise.

    Raises:
        TypeError: for something that is no `Callback`.
    """

    def __init__(self, callbacks: Sequence[Callback], model: Model, **params: Any) -> None:
        for callback in callbacks:
            if not isinstance(callback, Callback):
                hint = (
                    f"Give an object, {callback.__name__}(), not the class."
                    if isinstance(callback, type)
                    else "Derive its class from keras.callbacks.Callback."
                )
                raise TypeError(
                    f"callbacks: {callback!r} of type {type(callback).__name__} is no Callback. "
                    f"{hint}"
                )
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)
        self.train_batch_begin = self.hooks("on_train_batch_begin")
        self.train_batch_end = self.hooks("on_train_batch_end")
        self.epoch_begin = self.hooks("on_epoch_begin")
        self.epoch_end = self.hooks("on_epoch_end")

    def hooks(self, name: str) -> list[Hook]:
        """Return the methods of this name that a callback has overridden."""
        default = getattr(Callback, name)
        return [
            getattr(callback, name)
            for callback in self.callbacks
            if getattr(type(callback), name) is not default
        ]

    def call(self, name: str, *args: Any) -> None:
        """Call the methods of this name."""
        for hook in self.hooks(name):
            hook(*args)


def call_all(hooks: list[Hook], index: int, logs: Logs | None = None) -> None:
    """Call some hooks with the number of an epoch or a batch, and logs."""
    for hook in hooks:
        hook(index, logs)
