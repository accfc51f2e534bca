"""Sequences of unequal lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray[Any, Any]:
    """Return sequences as the rows of one array, filled up or cut to the same length.

    Args:
        sequences: lists of numbers, or of arrays of one shape.
        maxlen: the length of the rows; that of the longest sequence by default.
        dtype: of the array; `object` for text.
        padding: whether rows are filled up at their beginning, "pre", or their end, "post".
        truncating: whether rows are cut at their beginning or their end, likewise.
        value: what fills up.

    Raises:
        ValueError: for another padding or truncating, a text value in a dtype of numbers, and
            sequences that are none.
        ShapeError: if the parts of sequences differ in shape.

    >>> pad_sequences([[1], [2, 3, 4]], maxlen=2)
    array([[0, 1],
           [3, 4]], dtype=int32)
    """
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f"pad_sequences: {name}={given!r} has to be 'pre' or 'post'.")
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(f"pad_sequences: value={value!r} is text; give dtype=object, too.")
    rows = [_row(sequence) for sequence in _sized(sequences, "sequences")]
    length = max(map(len, rows), default=0) if maxlen is None else maxlen
    shape = next((row.shape[1:] for row in rows if len(row)), ())
    padded = np.full((len(rows), length, *shape), value, dtype)
    for number, row in enumerate(rows):
        if len(row) and row.shape[1:] != shape:
            raise ShapeError(
                f"pad_sequences: parts of sequence {number} have shape {row.shape[1:]}, and those "
                f"before {shape}."
            )
        if len(row) > length:
            row = row[len(row) - length :] if truncating == "pre" else row[:length]
        if len(row):
            start = length - len(row) if padding == "pre" else 0
            padded[number, start : start + len(row)] = row
    return padded


def _row(sequence: Any) -> np.ndarray[Any, Any]:
    return np.asarray(_sized(sequence, "each sequence"))


def _sized(items: Any, what: str) -> Any:
    if not hasattr(items, "__len__"):
        raise ValueError(f"pad_sequences: {what} has to be a list, and {items!r} is none.")
    return items
