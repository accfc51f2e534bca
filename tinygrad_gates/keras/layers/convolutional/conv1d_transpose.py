"""Transposed convolution of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv1DTranspose(BaseConvTranspose):
    """Puts a multiple of a kernel down for each place of sequences, and adds up what overlaps.

    It does what the gradient of `Conv1D` does, and makes sequences larger, as a decoder needs it
    (Zeiler et al., "Deconvolutional networks", 2010).

    Args:
        filters: how many channels the output has.
        kernel_size: its length.
        strides: how far apart kernels are put down.
        padding: "valid" for all that is put down; "same" for an output `strides` times as long as
            the input.
        output_padding: how much longer the output is at its end than it has to be, less than
            `strides`; by default as much as `padding` says.
        data_format: "channels_last" (the default): inputs of shape (samples, steps, channels); or
            "channels_first": (samples, channels, steps).
        dilation_rate: the distance between neighbours in the kernel.
        activation: a name or a function; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (length, filters, channels).
        bias_initializer: fills the bias, of shape (filters,).
        kernel_regularizer: a penalty of the kernel.
        bias_regularizer: a penalty of the bias.
        activity_regularizer: a penalty of the output.
        kernel_constraint: what the kernel is brought back to after each step.
        bias_constraint: what the bias is brought back to after each step.
        **options: as for every `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers, unknown names, or an output_padding
            that is not less than `strides`.

    >>> layer = Conv1DTranspose(1, 2, kernel_initializer="ones")
    >>> layer([[[1.0], [2.0]]]).numpy().ravel()
    array([1., 3., 2.], dtype=float32)
    """

    rank = 1
    examples: ClassVar[Sequence[Example]] = (
        example((2, 4, 3), filters=2, kernel_size=3),
        example((2, 4, 3), filters=2, kernel_size=3, strides=2, padding="same", activation="relu"),
        example((2, 3, 4), filters=2, kernel_size=2, strides=3, data_format="channels_first"),
        example((2, 4, 2), filters=2, kernel_size=2, strides=3, output_padding=1, use_bias=False),
    )  # fmt: skip
