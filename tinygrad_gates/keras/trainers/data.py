"""Samples cut into batches: of arrays, or as a generator yields them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from typing import Any, NamedTuple, Protocol

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.trainers.arrays import Arrays, positive
from tinygrad_gates.keras.trainers.shuffling import Shuffling

BATCH_SIZE = 32


class Batch(NamedTuple):
    """Some samples, as constants."""

    x: Any
    y: Any
    weight: Any
    size: int


def as_batch(arrays: Arrays) -> Batch:
    """Return arrays as one batch."""
    x, y, weight = (trees.transform(constant, item) for item in arrays)
    return Batch(x, y, weight, arrays.samples)


def unpacked(batch: Batch) -> Any:
    """Return a batch as x, (x, y) or (x, y, sample_weight), as steps take it.

    x alone that is a list is in a tuple, (x,), as in Keras: there is no doubt what it is then.
    """
    if batch.weight is not None:
        return batch[:3]
    if batch.y is not None:
        return batch[:2]
    return (batch.x,) if isinstance(batch.x, (list, tuple)) else batch.x


def as_numpy(output: Any) -> Any:
    """Return an output as an array of its own."""
    return output.numpy() if isinstance(output, Value) else np.array(output)


class Source(Protocol):
    """Where batches come from.

    Attributes:
        steps: how many batches an epoch has, if that is known.
        first: some samples, to build a model with.
    """

    steps: int | None

    @property
    def first(self) -> Arrays:
        """Some samples, to build a model with."""

    def batches(self, epoch: int = 0, skip: int = 0) -> Iterator[Batch]:
        """Go through the batches of an epoch, without the first `skip` of them."""


class ArrayData:
    """Batches of arrays.

    Args:
        arrays: the inputs, the targets and the weights.
        batch_size: how many samples make a batch; 32 by default, and fewer in the last.
        shuffling: gives the order of samples in each epoch; None keeps it.

    Raises:
        ValueError: for a batch size that is no positive integer.
    """

    def __init__(
        self, arrays: Arrays, batch_size: int | None = None, shuffling: Shuffling | None = None
    ) -> None:
        self.arrays = arrays
        self.samples = arrays.samples
        self.batch_size = BATCH_SIZE if batch_size is None else positive("batch_size", batch_size)
        self.steps: int | None = -(-self.samples // self.batch_size)
        # The order within a batch that holds all samples changes nothing but rounding.
        self._shuffling = shuffling if self.steps > 1 else None
        self._whole = [as_batch(arrays)] if self.steps == 1 else None

    @property
    def first(self) -> Arrays:
        """One sample, to build a model with."""
        return self.arrays.part(slice(1))

    def batches(self, epoch: int = 0, skip: int = 0) -> Iterator[Batch]:
        """Go through all samples once, in the order of an epoch."""
        if self._whole is not None:
            return iter(self._whole[skip:])
        return self._cut(epoch, skip)

    def _cut(self, epoch: int, skip: int) -> Iterator[Batch]:
        order = self.order(epoch) if self._shuffling else None
        for start in range(skip * self.batch_size, self.samples, self.batch_size):
            part = slice(start, start + self.batch_size)
            yield self.batch(part if order is None else order[part])

    def order(self, epoch: int) -> np.ndarray[Any, Any]:
        """Return the numbers of the samples in the order of an epoch."""
        if self._shuffling is None:
            return np.arange(self.samples)
        return self._shuffling.order(self.samples, epoch)

    def batch(self, which: Any) -> Batch:
        """Return some samples, which a slice or their numbers name."""
        return as_batch(self.arrays.part(which))


class GeneratedData:
    """Batches that something iterable yields: (x, y), (x, y, sample_weight), or x alone.

    Args:
        data: a generator or iterator, a data set with `__len__` and `__getitem__` by batch
            number, or anything that can be iterated over again and again.
        prepare: makes `Arrays` of what is yielded.
        shuffling: gives the order of the batches of a data set with `__getitem__`.
    """

    def __init__(
        self, data: Any, prepare: Callable[..., Arrays], shuffling: Shuffling | None = None
    ) -> None:
        self._data = data
        self._prepare = prepare
        self._shuffling = shuffling
        self._peeked: list[Any] = []
        self.steps: int | None = _count(data)

    @property
    def first(self) -> Arrays:
        """The first batch, which is yielded all the same."""
        if hasattr(self._data, "__getitem__"):
            return self._arrays(self._data[0])
        if not self._peeked:
            iterator = iter(self._data)
            self._peeked = [next(iterator)]
            if iterator is not self._data:  # it begins anew each time
                return self._arrays(self._peeked.pop())
        return self._arrays(self._peeked[0])

    def batches(self, epoch: int = 0, skip: int = 0) -> Iterator[Batch]:
        """Go through what is yielded until it ends."""
        for number, item in enumerate(self._items(epoch)):
            if number >= skip:
                yield as_batch(self._arrays(item))

    def _items(self, epoch: int) -> Iterator[Any]:
        if hasattr(self._data, "__getitem__"):
            if hasattr(self._data, "on_epoch_begin"):
                self._data.on_epoch_begin()
            for number in self._order(epoch):
                yield self._data[number]
            if hasattr(self._data, "on_epoch_end"):
                self._data.on_epoch_end()
            return
        iterator = iter(self._data)
        while self._peeked:
            yield self._peeked.pop()
        yield from iterator

    def _order(self, epoch: int) -> Iterable[int]:
        """Return the numbers of the batches of an epoch."""
        if self.steps is None:
            return count()
        if self._shuffling is None:
            return range(self.steps)
        order: list[int] = self._shuffling.order(self.steps, epoch).tolist()
        return order

    def _arrays(self, item: Any) -> Arrays:
        if isinstance(item, list) and not hasattr(self._data, "__next__"):
            item = tuple(item)  # as PyTorch's loaders part it
        parts = item if isinstance(item, tuple) else (item,)
        if not 1 <= len(parts) <= 3:
            raise ValueError(
                f"the generator yielded a tuple of {len(parts)}: (x, y) or (x, y, sample_weight) "
                f"is expected."
            )
        return self._prepare(*parts)


def _count(data: Any) -> int | None:
    """Return how many batches there are, as far as the data know it."""
    try:
        batches: int | None = data.num_batches if hasattr(data, "num_batches") else len(data)
    except TypeError:  # PyTorch's and TensorFlow's data may have a length and not know it
        return None
    return batches


class Limited:
    """A number of batches an epoch, which go on where the last epoch stopped.

    Where the source has an end, the epoch that reaches it is shorter, and the next one begins
    anew, as in Keras.

    Args:
        source: where the batches come from.
        steps: how many an epoch takes.
        first_epoch: the epoch that begins with the first batch.
    """

    def __init__(self, source: Source, steps: int, first_epoch: int = 0) -> None:
        self._source = source
        self._first_epoch = first_epoch
        self._iterator: Iterator[Batch] | None = None
        self.steps: int | None = steps

    @property
    def first(self) -> Arrays:
        """Some samples, to build a model with."""
        return self._source.first

    def batches(self, epoch: int = 0, skip: int = 0) -> Iterator[Batch]:
        """Go through the batches of an epoch, without the first `skip` of them."""
        assert self.steps is not None
        length = self._source.steps
        if length:
            round_, part = divmod(epoch - self._first_epoch, -(-length // self.steps))
            self._iterator = self._source.batches(round_, part * self.steps + skip)
        elif self._iterator is None:
            self._iterator = self._source.batches(epoch)
        assert self._iterator is not None
        done = skip
        for batch in islice(self._iterator, self.steps - skip):
            done += 1
            yield batch
        if done < self.steps:
            self._iterator = None
            warnings.warn(
                f"the data ended after {done} of {self.steps} steps; give more, or fewer "
                f"steps_per_epoch.",
                stacklevel=6,
            )

    def go_past(self, steps: int) -> None:
        """Drop batches that were seen before an interruption, where only drawing them does it."""
        if self._source.steps is None:
            self._iterator = self._source.batches(0, steps)


def is_generator(data: Any) -> bool:
    """Return whether batches are yielded, where arrays would hold all samples.

    >>> is_generator(iter([])), is_generator([[0, 1]])
    (True, False)
    """
    if isinstance(data, (list, tuple, dict, str)) or hasattr(data, "__array__"):
        return False
    return hasattr(data, "__next__") or hasattr(data, "__iter__") or hasattr(data, "__getitem__")
