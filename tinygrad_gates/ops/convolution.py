"""Rows of windows sliding over images and sequences; convolution and pooling, built on them.

Images have shape (samples, *lengths, channels), with any number of lengths.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tinygrad_gates.core.primitive import example, primitive
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError

Lengths = tuple[int, ...]
Padding = Literal["valid", "same", "causal"]

# ------------------------------------------------------------------------ rows


def _windows_forward(x: Any, *, size: Lengths, strides: Lengths, dilation: Lengths) -> Any:
    x = np.asarray(x)
    count = len(size)
    spans = zip(x.shape[1:-1], size, strides, dilation, strict=True)
    places = tuple((n - (k - 1) * d - 1) // s + 1 for n, k, s, d in spans)
    steps = x.strides[1:-1]
    return as_strided(
        x,
        (x.shape[0], *places, *size, x.shape[-1]),
        (
            x.strides[0],
            *(steps[i] * strides[i] for i in range(count)),
            *(steps[i] * dilation[i] for i in range(count)),
            x.strides[-1],
        ),
        writeable=False,
    )


def _windows_slope(g: Any, y: Any, x: Any, *, size: Any, strides: Any, dilation: Any) -> Any:
    return overlap_add(g, lengths=x.shape[1:-1], strides=strides, dilation=dilation)


def _overlap_add_forward(w: Any, *, lengths: Lengths, strides: Lengths, dilation: Lengths) -> Any:
    count = len(lengths)
    places, size = w.shape[1 : 1 + count], w.shape[1 + count : -1]
    total = np.zeros((w.shape[0], *lengths, w.shape[-1]), w.dtype)
    for offset in product(*map(range, size)):
        begins = [k * d for k, d in zip(offset, dilation, strict=True)]
        spans = zip(begins, places, strides, strict=True)
        part = tuple(slice(b, b + (n - 1) * s + 1, s) for b, n, s in spans)
        total[(slice(None), *part)] += w[(slice(None), *[slice(None)] * count, *offset)]
    return total


_EXAMPLES: list[tuple[Lengths, dict[str, Any]]] = [
    ((2, 5, 3), {"size": (2,), "strides": (1,), "dilation": (1,)}),
    ((1, 7, 2), {"size": (3,), "strides": (2,), "dilation": (2,)}),
    ((2, 4, 5, 2), {"size": (2, 3), "strides": (2, 1), "dilation": (1, 1)}),
]

windows = primitive(
    "windows",
    _windows_forward,
    _windows_slope,
    doc="What a window shows while it slides: shape (samples, *places, *size, channels).",
    examples=[example(shape, **params) for shape, params in _EXAMPLES],
)
overlap_add = primitive(
    "overlap_add",
    _overlap_add_forward,
    lambda g, y, w, *, lengths, strides, dilation: windows(
        g, size=w.shape[1 + len(lengths) : -1], strides=strides, dilation=dilation
    ),
    doc="Windows put back where they were seen, and added up where they overlap.",
    examples=[
        example(
            np.shape(_windows_forward(np.zeros(shape), **params)),
            lengths=shape[1:-1],
            strides=params["strides"],
            dilation=params["dilation"],
        )
        for shape, params in _EXAMPLES
    ],
)


def _first_max_slope(g: Any, y: Any, x: Any, *, axis: int) -> Any:
    data = x._data if isinstance(x, Value) else x
    first = np.expand_dims(np.argmax(data, axis), axis)
    places = np.arange(data.shape[axis]).reshape((-1,) + (1,) * (data.ndim - 1 - axis))
    return np.where(places == first, np.expand_dims(g, axis), 0)


first_max = primitive(
    "first_max",
    lambda x, *, axis: np.maximum.reduce(x, axis=axis),
    _first_max_slope,
    doc="The maximum along one axis; the gradient is that of the first of equal ones.",
    symbol="max",
    examples=[example((4,), axis=0), example((3, 4, 2), axis=1), example((0, 2), axis=1)],
    at_kink="all to the first maximum",
)

# ------------------------------------------------------------------------ composites


def convolution(
    x: Any,
    kernel: Any,
    strides: Sequence[int] | None = None,
    padding: Padding = "valid",
    dilation: Sequence[int] | None = None,
) -> Any:
    """Return the products of a kernel with what it covers while it slides over x, summed up.

    As everywhere in this field, the kernel is not mirrored: this is a cross-correlation.

    Args:
        x: of shape (samples, *lengths, channels).
        kernel: of shape (*size, channels / groups, filters); channels are split into as many
            groups as are needed, each of which sees its own share of the filters.
        strides: how far the kernel moves, along each axis; 1 by default.
        padding: "valid" for none; "same" for zeros on both sides, so that with stride 1 lengths
            stay; "causal" for zeros before alone.
        dilation: the distance between neighbours in the kernel, along each axis; 1 by default.

    Raises:
        ShapeError: if the channels do not fit, or the kernel is larger than the padded x.

    >>> x = Value([[[1.0], [2.0], [4.0]]])
    >>> convolution(x, Value([[[-1.0]], [[1.0]]])).numpy().ravel()
    array([1., 2.])
    """
    *size, depth, filters = kernel.shape
    strides, dilation = _each(strides, size), _each(dilation, size)
    channels = x.shape[-1]
    if depth == 0 or channels % depth or filters % (channels // depth):
        raise ShapeError(
            f"convolution: a kernel of shape {kernel.shape} does not fit {channels} channels."
        )
    x = padded(x, tuple(size), strides, padding, dilation)
    seen = windows(x, size=tuple(size), strides=strides, dilation=dilation)
    places = seen.shape[1 : 1 + len(size)]
    groups = channels // depth
    if groups == 1:
        flat = seen.reshape((-1, math.prod(size) * depth))
        mixed = flat @ kernel.reshape((-1, filters))
    else:
        split = seen.reshape((-1, math.prod(size), groups, depth))
        flat = split.transpose((2, 0, 1, 3)).reshape((groups, -1, math.prod(size) * depth))
        each = kernel.reshape((-1, groups, filters // groups)).transpose((1, 0, 2))
        mixed = (flat @ each).transpose((1, 0, 2))
    return mixed.reshape((x.shape[0], *places, filters))


def transposed_convolution(
    x: Any,
    kernel: Any,
    strides: Sequence[int] | None = None,
    dilation: Sequence[int] | None = None,
) -> Any:
    """Return what `convolution` does to gradients: each number puts a multiple of the kernel down.

    Args:
        x: of shape (samples, *lengths, channels).
        kernel: of shape (*size, filters, channels).
        strides: how far apart kernels are put down, along each axis; 1 by default.
        dilation: the distance between neighbours in the kernel, along each axis; 1 by default.

    Raises:
        ShapeError: if the channels do not fit.

    >>> x = Value([[[1.0], [2.0]]])
    >>> transposed_convolution(x, Value([[[1.0]], [[10.0]]])).numpy().ravel()
    array([ 1., 12., 20.])
    """
    *size, filters, channels = kernel.shape
    strides, dilation = _each(strides, size), _each(dilation, size)
    if x.shape[-1] != channels:
        raise ShapeError(
            f"transposed_convolution: a kernel of shape {kernel.shape} does not fit "
            f"{x.shape[-1]} channels."
        )
    places = x.shape[1:-1]
    put = x.reshape((-1, channels)) @ kernel.reshape((-1, channels)).transpose((1, 0))
    spans = zip(places, size, strides, dilation, strict=True)
    return overlap_add(
        put.reshape((x.shape[0], *places, *size, filters)),
        lengths=tuple((n - 1) * s + (k - 1) * d + 1 for n, k, s, d in spans),
        strides=strides,
        dilation=dilation,
    )


def max_pool(
    x: Any, size: Sequence[int], strides: Sequence[int] | None = None, padding: Padding = "valid"
) -> Any:
    """Return the greatest number in each window, channel by channel.

    Args:
        x: of shape (samples, *lengths, channels).
        size: of the window.
        strides: how far it moves along each axis; by its size by default.
        padding: "valid" for none; "same" lets windows begin before x, and end after it.

    Raises:
        ShapeError: if the window is larger than x.

    >>> max_pool(Value([[[1.0], [3.0], [2.0], [0.0]]]), (2,)).numpy().ravel()
    array([3., 2.])
    """
    return first_max(_pools(x, size, strides, padding, -math.inf), axis=len(size) + 1)


def average_pool(
    x: Any, size: Sequence[int], strides: Sequence[int] | None = None, padding: Padding = "valid"
) -> Any:
    """Return the mean of each window, channel by channel; what lies outside of x does not count.

    Args and errors as for `max_pool`.

    >>> average_pool(Value([[[1.0], [3.0], [2.0], [0.0]]]), (2,)).numpy().ravel()
    array([2., 1.])
    """
    axis = len(size) + 1
    total = _pools(x, size, strides, padding, 0).sum(axis=axis)
    if padding == "valid":
        return total / math.prod(size)
    inside = np.ones((1, *x.shape[1:-1], 1), x.dtype)
    return total / _pools(inside, size, strides, padding, 0).sum(axis=axis)


def _pools(
    x: Any, size: Sequence[int], strides: Sequence[int] | None, padding: Padding, fill: float
) -> Any:
    """Return the windows, of shape (samples, *places, numbers of a window, channels)."""
    size = tuple(size)
    strides = _each(strides or size, size)
    x = padded(x, size, strides, padding, (1,) * len(size), fill)
    seen = windows(x, size=size, strides=strides, dilation=(1,) * len(size))
    return seen.reshape((*seen.shape[: 1 + len(size)], math.prod(size), x.shape[-1]))


def padded(
    x: Any,
    size: Lengths,
    strides: Lengths,
    padding: Padding,
    dilation: Lengths,
    fill: float = 0,
) -> Any:
    """Return x with what `padding` puts around it.

    Raises `ShapeError` if a window of that size still does not fit, `ValueError` for an unknown
    padding.
    """
    spans = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
    widths = [(0, 0)] * (len(size) + 2)
    if padding == "causal":
        widths[1:-1] = [(span - 1, 0) for span in spans]
    elif padding == "same":
        for axis, (span, stride) in enumerate(zip(spans, strides, strict=True), 1):
            length = x.shape[axis]
            total = max((-(-length // stride) - 1) * stride + span - length, 0)
            widths[axis] = (total // 2, total - total // 2)
    elif padding != "valid":
        raise ValueError(f"padding={padding!r} has to be 'valid', 'same' or 'causal'.")
    if any(width != (0, 0) for width in widths):
        x = np.pad(x, widths, constant_values=fill)
    if any(span > length for span, length in zip(spans, x.shape[1:-1], strict=True)):
        raise ShapeError(
            f"a window of {tuple(spans)} is larger than what it slides over, {x.shape[1:-1]}."
        )
    return x


def _each(given: Sequence[int] | None, size: Sequence[int]) -> Lengths:
    return (1,) * len(size) if given is None else tuple(given)
