"""A data set of one's own, batch by batch."""

from __future__ import annotations

from typing import Any


class PyDataset:
    """What gives batches by their numbers, for data that are too many, or made on the way.

    A subclass defines `__getitem__`, which returns batch number i as (x, y) or (x, y,
    sample_weight), and `__len__`, the number of batches; or `num_batches`, which may be None for
    data without an end. `fit` takes the batches of each epoch in another order unless
    shuffle=False.

    Args:
        workers: taken for Keras's sake, as are the two that follow: batches are made one by one.
        use_multiprocessing: see workers.
        max_queue_size: see workers.

    >>> import numpy as np
    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, i):
    ...         x = np.arange(4 * i, 4 * i + 4)[:, None]
    ...         return x, x**2
    >>> [y.sum() for x, y in Squares()]
    [np.int64(14), np.int64(126), np.int64(366)]
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """Return a batch."""
        raise NotImplementedError(f"{type(self).__name__} has to define __getitem__(index).")

    def __len__(self) -> int:
        """Return the number of batches."""
        raise NotImplementedError(f"{type(self).__name__} has to define __len__().")

    @property
    def num_batches(self) -> int | None:
        """The number of batches; None if there is no end."""
        return len(self)

    def __iter__(self) -> Any:
        """Go through all batches once."""
        return (self[index] for index in range(len(self)))

    def on_epoch_begin(self) -> None:
        """Do what is due before an epoch."""

    def on_epoch_end(self) -> None:
        """Do what is due after an epoch, such as shuffling samples."""


Sequence = PyDataset
