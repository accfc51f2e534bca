"""Samples, checked once and cut into batches."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.tensors import FLOAT32, as_array
from tinygrad_gates.keras.trainers.shuffling import Shuffling

Array = np.ndarray[Any, Any]
Arrays = tuple[Array, Array | None, Array | None]

BATCH_SIZE = 32


class Batch(NamedTuple):
    """Some samples, as constants."""

    x: Value
    y: Value | None
    weight: Value | None
    size: int


class Data:
    """Inputs, and where there are any targets and weights, with as many samples each.

    Args:
        arrays: the inputs, the targets and the weights; the last two may be None.
        batch_size: how many samples make a batch; 32 by default, and fewer in the last.
        shuffling: gives the order of samples in each epoch; None keeps it.

    Raises:
        ValueError: for a batch size that is no positive integer.
    """

    def __init__(
        self,
        arrays: Arrays,
        batch_size: int | None = None,
        shuffling: Shuffling | None = None,
    ) -> None:
        self.arrays = arrays
        self.samples = len(arrays[0])
        self.batch_size = BATCH_SIZE if batch_size is None else positive("batch_size", batch_size)
        self.steps = -(-self.samples // self.batch_size)
        # The order within a batch that holds all samples changes nothing but rounding.
        self._shuffling = shuffling if self.steps > 1 else None
        self._whole = [self._batch(slice(None))] if self.steps == 1 else None

    def batches(self, epoch: int = 0) -> Iterator[Batch]:
        """Go through all samples once, in the order of an epoch."""
        if self._whole is not None:
            return iter(self._whole)
        return self._cut(epoch)

    def _cut(self, epoch: int) -> Iterator[Batch]:
        order = self._shuffling.order(self.samples, epoch) if self._shuffling else None
        for start in range(0, self.samples, self.batch_size):
            part = slice(start, start + self.batch_size)
            yield self._batch(part if order is None else order[part])

    def _batch(self, which: Any) -> Batch:
        x, y, weight = (None if array is None else constant(array[which]) for array in self.arrays)
        assert x is not None
        return Batch(x, y, weight, len(x._data))


def prepare(
    call: str,
    x: Any,
    y: Any = None,
    weight: Any = None,
    *,
    x_dtype: np.dtype[Any] = FLOAT32,
    y_dtype: np.dtype[Any] | None = FLOAT32,
) -> Arrays:
    """Return inputs, targets and sample weights as arrays that fit each other.

    Args:
        call: the method that they were given to, for messages.
        x: inputs, samples first.
        y: targets, samples first, or None.
        weight: a weight for each sample, or None.
        x_dtype: what inputs are cast to.
        y_dtype: what targets are cast to; None leaves integers as they are.

    Raises:
        ShapeError: if there are no samples, or not as many of each.
        DtypeError: for text, objects and other data that are no numbers.
    """
    inputs = _samples(f"{call}: x", x, x_dtype)
    targets = None if y is None else _samples(f"{call}: y", y, y_dtype)
    weights = None if weight is None else _samples(f"{call}: sample_weight", weight, FLOAT32)
    for name, array in (("y", targets), ("sample_weight", weights)):
        if array is not None and len(array) != len(inputs):
            raise ShapeError(
                f"{call}: x has {len(inputs)} samples and {name} has {len(array)}; each sample "
                f"needs one. (Shapes: {inputs.shape} and {array.shape}.)"
            )
    return inputs, targets, weights


def _samples(what: str, data: Any, dtype: np.dtype[Any] | None) -> Array:
    if data is None:
        raise ValueError(f"{what} is missing: give an array with samples first.")
    array = as_array(data, what, dtype)
    if not array.ndim:
        raise ShapeError(f"{what} is the single number {array}; give an array with samples first.")
    if not len(array):
        raise ShapeError(f"{what} has shape {array.shape}: there are no samples.")
    return array


def split(arrays: Arrays, fraction: float) -> tuple[Arrays, Arrays]:
    """Return the first samples, and the last ones, of which there is this fraction.

    Raises `ValueError` if one part would be empty.
    """
    samples = len(arrays[0])
    kept = int(samples * (1 - fraction)) if 0 < fraction < 1 else 0
    if not 0 < kept < samples:
        raise ValueError(
            f"fit: validation_split={fraction!r} of {samples} samples leaves none to train on, or "
            f"none to validate with. Give a number between 0 and 1, or validation_data."
        )
    x, y, weight = ((None, None) if a is None else (a[:kept], a[kept:]) for a in arrays)
    assert x[0] is not None
    assert x[1] is not None
    return (x[0], y[0], weight[0]), (x[1], y[1], weight[1])


def refuse_non_finite(call: str, arrays: Arrays) -> None:
    """Raise `ValueError` if data to train on has a NaN or an infinity, and say where."""
    for name, array in zip(("x", "y", "sample_weight"), arrays, strict=True):
        if array is None or np.isfinite(array).all():
            continue
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        raise ValueError(
            f"{call}: {name} has {array[tuple(place)]} (as {array.dtype}) at {name}{place}: every "
            f"weight would become NaN. Remove or replace such samples, as with "
            f"np.nan_to_num({name})."
        )


def positive(name: str, number: Any, least: int = 1) -> int:
    """Return an argument as an integer; raises `ValueError` if it is none, or below `least`."""
    try:
        integer = least - 1 if isinstance(number, bool) else operator.index(number)
    except TypeError:
        integer = least - 1
    if integer < least:
        raise ValueError(f"{name}={number!r} has to be an integer from {least} up.")
    return integer
