"""Convolution of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.convolutional.base_conv import BaseConv


class Conv2D(BaseConv):
    """Slides kernels over images (LeCun et al., 1998).

    Nothing is mirrored: in mathematics, this is a cross-correlation.

    Args:
        filters: how many channels the output has.
        kernel_size: its height and width; one number for both.
        strides: how far the kernel moves, down and to the right.
        padding: "valid" for none; "same" for zeros on all sides, so that with stride 1 lengths
            stay.
        data_format: "channels_last" (the default): inputs of shape (samples, height,
            width, channels); or
            "channels_first": (samples, channels, height, width).
        dilation_rate: the distance between neighbours in the kernel, down and to the right.
        groups: into how many parts channels are split, each with its own filters.
        activation: a name or a function; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (height, width,
            channels / groups, filters).
        bias_initializer: fills the bias, of shape (filters,).
        kernel_regularizer: a penalty of the kernel.
        bias_regularizer: a penalty of the bias.
        activity_regularizer: a penalty of the output.
        kernel_constraint: what the kernel is brought back to after each step.
        bias_constraint: what the bias is brought back to after each step.
        **options: as for every `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers, unknown names, or filters that the
            groups do not divide.
        ShapeError: on building, if the kernel is larger than the input.

    >>> layer = Conv2D(1, 2, kernel_initializer="ones")
    >>> layer([[[[1.0], [2.0]], [[3.0], [4.0]]]]).numpy().ravel()
    array([10.], dtype=float32)
    """

    rank = 2
    examples: ClassVar[Sequence[Example]] = (
        example((2, 5, 4, 3), filters=2, kernel_size=3),
        example((1, 5, 6, 4), filters=4, kernel_size=(3, 2), strides=2, padding="same", groups=2),
        example((1, 5, 5, 2), filters=2, kernel_size=2, dilation_rate=2, activation="relu"),
        example((1, 2, 4, 5), filters=3, kernel_size=2, data_format="channels_first"),
        example(
            (1, 3, 3, 2),
            filters=2,
            kernel_size=2,
            use_bias=False,
            kernel_regularizer="l2",
            activity_regularizer="l1",
            kernel_constraint="max_norm",
        ),
    )
