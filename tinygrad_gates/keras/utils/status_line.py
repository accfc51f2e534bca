"""A line of output that changes while work goes on, on a terminal, and only there.

Files, pipes and notebooks get finished lines alone: no control characters, nothing repeated.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from typing import TextIO

from tinygrad_gates.keras.config import is_interactive_logging_enabled

INTERVAL = 0.05
"""The least number of seconds between two changes of the line."""


class StatusLine:
    """Writes to a stream (standard output, whatever it is at that time, by default)."""

    def __init__(self, stream: TextIO | None = None, interval: float = INTERVAL) -> None:
        self._stream = stream
        self._interval = interval
        self._shown_at = -interval
        self._shown_width = 0

    def is_due(self, now: float | None = None) -> bool:
        """Return whether `show` would show anything just now: it is worth making the text."""
        now = time.monotonic() if now is None else now
        return now - self._shown_at >= self._interval and self._may_change()

    def show(self, text: str) -> None:
        """Replace the line by another, on a terminal; do nothing elsewhere."""
        stream = self._target()
        if not self._may_change():
            return
        # A line that wrapped could not be taken back by returning to its start.
        text = text[: shutil.get_terminal_size().columns - 1]
        _write(stream, "\r" + text.ljust(self._shown_width))
        self._shown_width = len(text)
        self._shown_at = time.monotonic()

    def print(self, text: str) -> None:
        """Replace the line by one that stays, and end it; log it, if that is wanted instead."""
        if not is_interactive_logging_enabled():
            logging.getLogger("tinygrad_gates").info(text)
            return
        start = "\r" if self._shown_width else ""
        _write(self._target(), f"{start}{text.ljust(self._shown_width)}\n")
        self._shown_width = 0

    def _may_change(self) -> bool:
        return is_interactive_logging_enabled() and is_terminal(self._target())

    def _target(self) -> TextIO:
        return sys.stdout if self._stream is None else self._stream


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream shows control characters' effect, not the characters."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):
        return False


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.write(text.encode("ascii", "backslashreplace").decode("ascii"))
    stream.flush()
