"""Calling callbacks, and only those that have something to do."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tinygrad_gates.keras.callbacks.callback import Callback, Logs
from tinygrad_gates.keras.callbacks.history import History
from tinygrad_gates.keras.callbacks.progbar_logger import ProgbarLogger

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model

Hook = Callable[..., None]

ALSO = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}
"""Names that mean the same."""


class CallbackList:
    """The callbacks of one `fit`, `evaluate` or `predict`, in order.

    It has the methods of a `Callback`, each of which calls those of all callbacks, for loops of
    one's own.

    Args:
        callbacks: what to call.
        add_history: whether a `History` is added, if there is none.
        add_progbar: whether a `ProgbarLogger` is added, if there is none.
        model: the model, which every callback gets to know.
        **params: of the call, likewise.

    Raises:
        TypeError: for something that is no `Callback`.

    >>> epochs = CallbackList([], add_history=True, epochs=1)
    >>> epochs.on_epoch_end(0, {"loss": 0.5})
    >>> epochs.callbacks[0].history
    {'loss': [0.5]}
    """

    def __init__(
        self,
        callbacks: Sequence[Callback] | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Model | None = None,
        **params: Any,
    ) -> None:
        callbacks = [*(callbacks or ())]
        for wanted, kind in ((add_history, History), (add_progbar, ProgbarLogger)):
            if wanted and not any(isinstance(callback, kind) for callback in callbacks):
                callbacks.append(kind())
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
        self.callbacks = sorted(callbacks, key=lambda callback: callback.after_history)
        for callback in self.callbacks:
            if model is not None:
                callback.set_model(model)
            callback.set_params(params)
            callback.set_callbacks(self.callbacks)
        self.train_batch_begin = self.hooks("on_train_batch_begin")
        self.train_batch_end = self.hooks("on_train_batch_end")
        self.epoch_begin = self.hooks("on_epoch_begin")
        self.epoch_end = self.hooks("on_epoch_end", after_history=False)
        self.epoch_over = self.hooks("on_epoch_end", after_history=True)

    def hooks(self, name: str, after_history: bool | None = None) -> list[Hook]:
        """Return the methods of this name that callbacks have overridden.

        Args:
            name: of the method; or it has overridden the other name of it.
            after_history: whether to ask only callbacks of that kind.
        """
        if not self.callbacks:
            return []
        return [
            getattr(callback, name)
            for callback in self.callbacks
            if after_history in (None, callback.after_history)
            and (_overrides(callback, name) or _overrides(callback, ALSO.get(name)))
        ]

    def __getattr__(self, name: str) -> Any:
        if not (name.startswith("on_") and hasattr(Callback, name)):
            raise AttributeError(f"CallbackList has no attribute {name!r}.")

        signature = inspect.signature(getattr(Callback, name))

        def call_all_callbacks(*arguments: Any, **named: Any) -> None:
            given = signature.bind(None, *arguments, **named)
            given.arguments.setdefault("logs", {})
            for hook in self.hooks(name):
                hook(*given.args[1:])

        return call_all_callbacks

    def call(self, name: str, logs: Logs | None = None) -> None:
        """Call the methods of this name, which take logs alone: a dict, empty if None."""
        logs = {} if logs is None else logs
        for hook in self.hooks(name):
            hook(logs)


class BatchHooks:
    """Calls hooks before the first and after the last of so many batches.

    Args:
        begin: called with the number of the first.
        end: called with the number of the last, also if the data end before it, and with logs.
        every: how many batches count as one.
    """

    def __init__(self, begin: list[Hook], end: list[Hook], every: int = 1) -> None:
        self._begin = begin
        self._end = end
        self._every = every
        self._waiting: tuple[int, Callable[[], Logs]] | None = None

    def before(self, index: int) -> None:
        """Do what is due before a batch."""
        if index % self._every == 0:
            call_all(self._begin, index)

    def after(self, index: int, logs: Callable[[], Logs]) -> None:
        """Do what is due after a batch."""
        if not self._end:
            return
        last = index - index % self._every + self._every - 1
        self._waiting = last, logs
        if index == last:
            self.finish()

    def finish(self) -> None:
        """Do what is due for batches after which nothing was called yet."""
        if self._waiting is not None:
            (last, logs), self._waiting = self._waiting, None
            call_all(self._end, last, logs())


def _overrides(callback: Callback, name: str | None) -> bool:
    if name is None:
        return False
    return name in vars(callback) or getattr(type(callback), name) is not getattr(Callback, name)


def call_all(hooks: list[Hook], index: int, logs: Logs | None = None) -> None:
    """Call some hooks with the number of an epoch or a batch, and logs: a dict, empty if None."""
    logs = {} if logs is None else logs
    for hook in hooks:
        hook(index, logs)
