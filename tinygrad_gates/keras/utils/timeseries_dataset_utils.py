"""Windows that slide over a series, as a data set."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.core.plain import raw
from tinygrad_gates.keras.utils.py_dataset import PyDataset


class Windows(PyDataset):
    """Batches of windows of a series, and of targets: see `timeseries_dataset_from_array`."""

    def __init__(
        self, data: Any, targets: Any, starts: Any, offsets: Any, batch_size: int | None
    ) -> None:
        super().__init__()
        self._data, self._targets = data, targets
        self._starts, self._offsets = starts, offsets
        self._batch_size = batch_size

    def __len__(self) -> int:
        """Return the number of batches, or of windows where there are none."""
        return -(-len(self._starts) // (self._batch_size or 1))

    def __getitem__(self, index: int) -> Any:
        """Return a batch of windows, or a window, with its targets where there are any."""
        if self._batch_size is None:
            starts: Any = self._starts[index]
        else:
            starts = self._starts[index * self._batch_size : (index + 1) * self._batch_size]
        x = self._data[np.expand_dims(starts, -1) + self._offsets]
        return x if self._targets is None else (x, self._targets[starts])


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Windows:
    """Return the windows that slide over a series, in batches, as a data set that `fit` takes.

    Args:
        data: the series, steps first.
        targets: that of the window which starts at each step, or None.
        sequence_length: how many steps a window has.
        sequence_stride: how many steps lie between the starts of windows.
        sampling_rate: how many steps lie between those of a window.
        batch_size: how many windows make a batch; None for one by one.
        shuffle: whether windows come in a random order.
        seed: of that order; by default it follows from `set_seed`.
        start_index: the first step that is used.
        end_index: the step before which the last one is.
        format: taken for Keras's sake: "tf" or "grain".

    Raises:
        ValueError: for numbers that do not fit the series.

    >>> windows = timeseries_dataset_from_array(np.arange(5), np.arange(5) + 2, 2)
    >>> x, y = windows[0]
    >>> x.tolist(), y.tolist()
    ([[0, 1], [1, 2], [2, 3], [3, 4]], [2, 3, 4, 5])
    """
    data, targets = np.asarray(raw(data)), None if targets is None else np.asarray(raw(targets))
    start, end = start_index or 0, len(data) if end_index is None else end_index
    if format not in ("tf", "grain"):
        raise ValueError(f'`format` should be either "tf" or "grain". Received: {format!r}')
    if not 0 <= start < len(data):
        raise ValueError(
            f"`start_index` must be 0 or greater, and lower than the length of the data, "
            f"{len(data)}. Received: {start_index}"
        )
    if end_index is not None and not start < end < len(data):
        raise ValueError(
            f"`end_index` must be higher than `start_index`, {start}, and lower than the length of "
            f"the data, {len(data)}. Received: {end_index}"
        )
    for name, number in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        if not 0 < number < len(data):
            raise ValueError(
                f"`{name}` must be higher than 0, and lower than the length of the data, "
                f"{len(data)}. Received: {number}"
            )
    count = end - start - (sequence_length - 1) * sampling_rate
    if targets is not None:
        count = min(count, len(targets))
    starts = start + np.arange(0, max(count, 0), sequence_stride)
    if shuffle:
        seed = random.spawn_seed("timeseries") if seed is None else seed
        starts = np.random.default_rng(seed).permutation(starts)
    offsets = np.arange(0, sequence_length * sampling_rate, sampling_rate)
    return Windows(data, targets, starts, offsets, batch_size)
