"""Functions of one's own as a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_gates.keras.callbacks.callback import Callback

Hook = Callable[..., Any] | None


class LambdaCallback(Callback):
    """Calls functions at the turns of training.

    Args:
        on_epoch_begin: takes the epoch's number and logs.
        on_epoch_end: takes the epoch's number and logs.
        on_train_begin: takes logs.
        on_train_end: takes logs.
        on_train_batch_begin: takes the batch's number and logs.
        on_train_batch_end: takes the batch's number and logs.
        **hooks: any other turn of a `Callback`, such as on_test_end; what is not named "on_..."
            becomes an attribute.

    Raises:
        TypeError: for a turn that does not exist, or what is no function.

    >>> said = []
    >>> LambdaCallback(on_epoch_end=lambda epoch, logs: said.append(epoch)).on_epoch_end(3, {})
    >>> said
    [3]
    """

    def __init__(
        self,
        on_epoch_begin: Hook = None,
        on_epoch_end: Hook = None,
        on_train_begin: Hook = None,
        on_train_end: Hook = None,
        on_train_batch_begin: Hook = None,
        on_train_batch_end: Hook = None,
        **hooks: Any,
    ) -> None:
        given: dict[str, Hook] = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **hooks,
        }
        for name, hook in given.items():
            is_turn = name.startswith("on_")
            if is_turn and not hasattr(Callback, name):
                raise TypeError(f"LambdaCallback: {name} is no turn of training.")
            if is_turn and hook is None:
                continue
            if is_turn and not callable(hook):
                raise TypeError(f"LambdaCallback: {name}={hook!r} is no function.")
            setattr(self, name, hook)
