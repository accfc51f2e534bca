"""Ctrl-C between training steps, never inside one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class StepGuard:
    """A context in which Ctrl-C waits while `holding` is set; a second one does not wait.

    So weights and optimizer state always belong to the same step. Outside the main thread,
    where Python delivers no signals, and where no handler in Python is installed, it does
    nothing.
    """

    def __init__(self) -> None:
        self.holding = False
        self._pending: tuple[int, FrameType | None] | None = None
        self._previous: Callable[[int, FrameType | None], Any] | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):
                self._previous = handler
                signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
        if error is None:
            self.release()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.holding and self._pending is None:
            self._pending = number, frame
        elif self._previous is not None:
            self._previous(number, frame)

    def release(self) -> None:
        """Let Ctrl-C through again, and the one that waited."""
        self.holding = False
        if self._pending is not None and self._previous is not None:
            pending, self._pending = self._pending, None
            self._previous(*pending)
