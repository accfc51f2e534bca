"""What of `keras.ops.nn` slides over images and sequences, or folds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.layers.arguments import channels_last, one_of, several
from tinygrad_gates.keras.layers.sliding import slid_lengths
from tinygrad_gates.keras.ops.calling import operation, tensor, tensors
from tinygrad_gates.ops import convolution


def _with_channels_last(function: Callable[[Any], Any], x: Any, name: str, data_format: Any) -> Any:
    """Return what a function returns for images whose channels it wants last."""
    if channels_last(name, data_format):
        return function(x)
    return np.moveaxis(function(np.moveaxis(x, 1, -1)), -1, 1)


def _pooling(name: str) -> Callable[..., Any]:
    function = getattr(convolution, name)

    def called(
        inputs: Any,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
    ) -> Any:
        inputs = tensor(inputs, floating=True)
        rank = inputs.ndim - 2
        size = several(name, "pool_size", pool_size, rank)
        steps = size if strides is None else several(name, "strides", strides, rank)
        how = one_of(name, "padding", padding, ("valid", "same"))

        def pooled(x: Any) -> Any:
            slid_lengths(name, x.shape[1:-1], size, steps, how)
            return function(x, size, steps, how)

        return _with_channels_last(pooled, inputs, name, data_format)

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"Return what {name} makes of each window that slides over images."
    return operation(called)


@operation
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return the products of a kernel with what it covers while it slides, summed up.

    Args:
        inputs: of shape (samples, *lengths, channels), or with the channels first.
        kernel: of shape (*size, channels / groups, filters).
        strides: how far the kernel moves, one for all axes or one for each.
        padding: "valid" or "same".
        data_format: "channels_last" or "channels_first".
        dilation_rate: the distance between neighbours in the kernel.

    Raises:
        ShapeError: if the kernel does not fit.

    >>> conv([[[1.0], [2.0], [4.0]]], [[[-1.0]], [[1.0]]]).numpy().ravel()
    array([1., 2.], dtype=float32)
    """
    inputs, kernel = tensors(inputs, kernel, floating=True)
    rank = inputs.ndim - 2
    if kernel.ndim != rank + 2:
        raise ShapeError(
            f"conv: inputs of shape {inputs.shape} need a kernel with {rank + 2} axes, and it has "
            f"shape {kernel.shape}."
        )
    steps = several("conv", "strides", strides, rank)
    dilation = several("conv", "dilation_rate", dilation_rate, rank)
    how = one_of("conv", "padding", padding, ("valid", "same", "causal"))

    def convolved(x: Any) -> Any:
        return convolution.convolution(x, kernel, steps, how, dilation)

    return _with_channels_last(convolved, inputs, "conv", data_format)


@operation
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return what `conv` returns for kernels of each channel, (*size, channels, times)."""
    kernel = tensor(kernel, floating=True)
    *size, channels, times = kernel.shape
    grouped = np.reshape(kernel, (*size, 1, channels * times))
    return conv(inputs, grouped, strides, padding, data_format, dilation_rate)


@operation
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return what `depthwise_conv` returns, mixed by a kernel of size 1."""
    each = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(each, pointwise_kernel, data_format=data_format)


@operation
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Return images with squares of numbers in place of channels.

    >>> depth_to_space(np.zeros((1, 2, 2, 8)), 2).shape
    (1, 4, 4, 2)
    """

    def spread(x: Any) -> Any:
        samples, height, width, channels = x.shape
        if channels % block_size**2:
            raise ShapeError(
                f"depth_to_space: {block_size}**2 does not divide {channels} channels."
            )
        parts = np.reshape(x, (samples, height, width, block_size, block_size, -1))
        turned = np.transpose(parts, (0, 1, 3, 2, 4, 5))
        return np.reshape(turned, (samples, height * block_size, width * block_size, -1))

    return _with_channels_last(spread, tensor(x), "depth_to_space", data_format)


@operation
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Return images with channels in place of squares of numbers.

    >>> space_to_depth(np.zeros((1, 4, 4, 2)), 2).shape
    (1, 2, 2, 8)
    """

    def folded(x: Any) -> Any:
        samples, height, width, channels = x.shape
        if height % block_size or width % block_size:
            raise ShapeError(f"space_to_depth: {block_size} does not divide {height} and {width}.")
        lengths = (height // block_size, block_size, width // block_size, block_size)
        turned = np.transpose(np.reshape(x, (samples, *lengths, channels)), (0, 1, 3, 2, 4, 5))
        return np.reshape(turned, (samples, lengths[0], lengths[2], -1))

    return _with_channels_last(folded, tensor(x), "space_to_depth", data_format)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: _pooling(name) for name in ("average_pool", "max_pool")
}
"""The functions of the tables, by name."""
