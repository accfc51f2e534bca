"""Counting batches until something is due."""

from __future__ import annotations

from typing import Any


class EverySoManyBatches:
    """Says when so many batches have passed, over the ends of epochs.

    Args:
        callback: what messages name.
        save_freq: how many batches; "epoch" for never.

    Raises:
        ValueError: for anything else.

    >>> every = EverySoManyBatches("ModelCheckpoint", 2)
    >>> [every.is_due() for _ in range(4)]
    [False, True, False, True]
    """

    def __init__(self, callback: str, save_freq: Any) -> None:
        is_count = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0
        if save_freq != "epoch" and not is_count:
            raise ValueError(
                f"{callback}: save_freq={save_freq!r} has to be 'epoch', or a number of batches."
            )
        self._count = save_freq if is_count else None
        self.batches = 0

    def is_due(self) -> bool:
        """Count a batch, and return whether it is time."""
        if self._count is None:
            return False
        self.batches = (self.batches + 1) % self._count
        return not self.batches
