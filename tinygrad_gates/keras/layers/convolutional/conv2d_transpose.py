"""Transposed convolution of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.convolutional.base_conv_transpose import BaseConvTranspose


class Conv2DTranspose(BaseConvTranspose):
    """Puts a multiple of a kernel down for each place of images, and adds up what overlaps.

    It does what the gradient of `Conv2D` does, and makes images larger, as a decoder needs it
    (Zeiler et al., "Deconvolutional networks", 2010).

    Args:
        filters: how many channels the output has.
        kernel_size: its height and width; one number for both.
        strides: how far apart kernels are put down, down and to the right.
        padding: "valid" for all that is put down; "same" for an output `strides` times as long as
            the input.
        output_padding: how much longer the output is at its end than it has to be, less than
            `strides`; by default as much as `padding` says.
        data_format: "channels_last" (the default): inputs of shape (samples, height,
            width, channels); or
            "channels_first": (samples, channels, height, width).
        dilation_rate: the distance between neighbours in the kernel, down and to the right.
        activation: a name or a function; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (height, width, filters, channels).
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

    >>> layer = Conv2DTranspose(1, (1, 2), kernel_initializer="ones")
    >>> layer([[[[1.0], [2.0]]]]).numpy().ravel()
    array([1., 3., 2.], dtype=float32)
    """

    rank = 2
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2, 3), filters=2, kernel_size=3),
        example((1, 3, 4, 2), filters=3, kernel_size=(3, 2), strides=2, padding="same"),
        example((1, 3, 3, 2), filters=2, kernel_size=2, dilation_rate=2, padding="same"),
        example((1, 2, 3, 3), filters=2, kernel_size=2, strides=(1, 2), output_padding=(0, 1),
                data_format="channels_first"),
    )  # fmt: skip
