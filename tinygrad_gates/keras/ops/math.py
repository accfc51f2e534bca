"""`keras.ops.math`: functions that NumPy lacks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.core.plain import raw
from tinygrad_gates.keras.ops.calling import operation, over, tensor, tensors
from tinygrad_gates.ops.indexing import scatter_add
from tinygrad_gates.transforms import custom_vjp


@operation
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return log(sum(exp(x))) over axes, without overflow.

    >>> round(float(logsumexp([1000.0, 1000.0])), 3)
    1000.693
    """
    return ops.logsumexp(tensor(x, floating=True), over(axis), keepdims)


@operation
def rsqrt(x: Any) -> Any:
    """Return 1 / sqrt(x).

    >>> float(rsqrt(4.0))
    0.5
    """
    return 1 / np.sqrt(tensor(x, floating=True))


@operation
def erf(x: Any) -> Any:
    """Return the error function."""
    return ops.erf(tensor(x, floating=True))


@operation
def erfc(x: Any) -> Any:
    """Return 1 - erf(x)."""
    return 1 - ops.erf(tensor(x, floating=True))


@operation
def erfinv(x: Any) -> Any:
    """Return the y with erf(y) = x.

    >>> round(float(erfinv(0.5)), 4)
    0.4769
    """
    return _erfinv(tensor(x, floating=True))


@custom_vjp
def _erfinv(x: Any) -> Any:
    """Return Newton's method's limit, from an approximation by logarithms (Winitzki, 2008)."""
    wide = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        logs = np.log(1 - wide * wide)
        middle = 2 / (math.pi * 0.147) + logs / 2
        y = np.copysign(np.sqrt(np.sqrt(middle**2 - logs / 0.147) - middle), wide)
        for _ in range(4):
            y = y - (ops.erf(y) - wide) * math.sqrt(math.pi) / 2 * np.exp(y * y)
    y = np.where(np.abs(wide) == 1, np.copysign(np.inf, wide), y)
    return np.where(np.abs(wide) > 1, np.nan, y).astype(np.result_type(x))


@_erfinv.defvjp
def _erfinv_rule(g: Any, y: Any, x: Any) -> Any:
    return g * (math.sqrt(math.pi) / 2) * np.exp(y * y)


# ------------------------------------------------------------------------ segments


def _segments(segment_ids: Any, num_segments: int | None) -> tuple[Any, int]:
    numbers = np.asarray(raw(tensor(segment_ids)))
    count = int(numbers.max(initial=-1)) + 1 if num_segments is None else int(num_segments)
    return numbers, count


@operation
def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the sums of the parts of data, along the first axis, that have the same number.

    Args:
        data: of shape (n, ...).
        segment_ids: a number from 0 for each part.
        num_segments: how many sums there are; one more than the largest number by default.
        sorted: taken for Keras's sake.

    >>> segment_sum([1.0, 2.0, 3.0], [0, 1, 0])
    Value(data=[4., 2.])
    """
    data, (numbers, count) = tensor(data), _segments(segment_ids, num_segments)
    inside = np.flatnonzero((numbers >= 0) & (numbers < count))
    return scatter_add(data[inside], shape=(count, *data.shape[1:]), index=numbers[inside])


def _by_segments(name: str, of_none: Any) -> Any:
    function = getattr(np, name)

    def called(
        data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
    ) -> Any:
        data, (numbers, count) = tensor(data), _segments(segment_ids, num_segments)
        empty = np.full(data.shape[1:], of_none(data.dtype), data.dtype)
        groups = [np.flatnonzero(numbers == number) for number in range(count)]
        return np.stack(
            [function(data[group], axis=0) if group.size else empty for group in groups]
        )

    called.__name__ = called.__qualname__ = f"segment_{name}"
    called.__doc__ = f"Return `np.{name}` of the parts that have the same number: see segment_sum."
    return operation(called)


def _least(dtype: Any) -> Any:
    return -math.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _largest(dtype: Any) -> Any:
    return math.inf if dtype.kind == "f" else np.iinfo(dtype).max


# ------------------------------------------------------------------------ the best


@operation
def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    """Return the k largest numbers along the last axis, the largest first, and their places.

    >>> top_k([1.0, 3.0, 2.0], 2)
    (Value(data=[3., 2.]), Value(data=[1, 2]))
    """
    x = tensor(x)
    data = np.asarray(raw(x))
    if not 0 <= k <= data.shape[-1]:
        raise ValueError(f"top_k: k={k} has to be from 0 to {data.shape[-1]}, the last axis.")
    places = data.shape[-1] - 1 - np.argsort(data[..., ::-1], axis=-1, kind="stable")
    places = places[..., ::-1][..., :k]
    return np.take_along_axis(x, places, axis=-1), places.astype(np.int32)


@operation
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Return whether the class of each sample is among the k that were predicted most likely.

    >>> in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], 1)
    array([False,  True])
    """
    predictions = np.asarray(raw(tensor(predictions)))
    classes = np.asarray(raw(tensor(targets)))
    inside = (classes >= 0) & (classes < predictions.shape[-1])
    chosen = np.take_along_axis(predictions, np.where(inside, classes, 0)[..., None], axis=-1)
    return inside & np.isfinite(chosen[..., 0]) & ((predictions > chosen).sum(axis=-1) < k)


@operation
def cdist(x: Any, y: Any) -> Any:
    """Return the distance between each row of x and each of y.

    >>> cdist([[0.0, 0.0]], [[3.0, 4.0]])
    Value(data=[[5.]])
    """
    x, y = tensors(x, y, floating=True)
    between = np.expand_dims(x, -2) - np.expand_dims(y, -3)
    return np.linalg.norm(between, axis=-1)


@operation
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Return the windows of a length that slide along the last axis.

    >>> extract_sequences([1, 2, 3, 4], 2, 2)
    Value(data=[[1, 2],
                [3, 4]])
    """
    x = tensor(x)
    starts = np.arange(0, x.shape[-1] - sequence_length + 1, sequence_stride)
    return np.take(x, starts[:, None] + np.arange(sequence_length), axis=-1)


FUNCTIONS = {
    "segment_max": _by_segments("max", _least),
    "segment_min": _by_segments("min", _largest),
    "segment_prod": _by_segments("prod", lambda dtype: 1),
}
"""The functions of the tables, by name."""
globals().update(FUNCTIONS)
