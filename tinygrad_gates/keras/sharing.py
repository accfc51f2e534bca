"""Objects that are in several places of one model: one in a file too, and one when it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tinygrad_gates import trees

KEY = "shared_object_id"
"""What Keras marks plain data with that is of the same object as other plain data."""
_MARK = f"[{KEY!r}]"

_written: ContextVar[dict[int, Any] | None] = ContextVar("written", default=None)
_read: ContextVar[dict[int, Any] | None] = ContextVar("read", default=None)


@contextmanager
def sharing_scope() -> Iterator[None]:
    """Let what is made plain data of, or of plain data, inside of a `with` be marked and shared."""
    writing, reading = _written.set({}), _read.set({})
    try:
        yield
    finally:
        _written.reset(writing)
        _read.reset(reading)


def note_written(item: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Return the plain data of an object with a mark of its own."""
    written = _written.get()
    if written is not None:
        written[id(item)] = item
        data[KEY] = id(item)
    return data


def of_shared_only(data: Any) -> Any:
    """Return plain data without the marks that are in it once."""
    counts = Counter(leaf for path, leaf in trees.walk(data) if path.endswith(_MARK))

    def stripped(part: Any) -> Any:
        if isinstance(part, list):
            return [stripped(item) for item in part]
        if not isinstance(part, dict):
            return part
        return {k: stripped(item) for k, item in part.items() if k != KEY or counts[item] > 1}

    return stripped(data)


def read_before(data: dict[str, Any]) -> Any:
    """Return the object that was made of plain data with the same mark, or None."""
    read = _read.get()
    return None if read is None or KEY not in data else read.get(int(data[KEY]))


def note_read(data: dict[str, Any], item: Any) -> None:
    """Keep an object for other plain data with the same mark."""
    read = _read.get()
    if read is not None and KEY in data:
        read[int(data[KEY])] = item
