"""Convolution of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.convolutional.base_conv import BaseConv


class Conv1D(BaseConv):
    """Slides kernels over sequences (LeCun et al., 1998).

    Nothing is mirrored: in mathematics, this is a cross-correlation.

    Args:
        filters: how many channels the output has.
        kernel_size: its length.
        strides: how far the kernel moves.
        padding: "valid" for none; "same" for zeros on both sides, so that with stride 1 the length
            stays; "causal" for zeros before alone, so that no step sees a later one.
        data_format: "channels_last" (the default): inputs of shape (samples, steps, channels); or
            "channels_first": (samples, channels, steps).
        dilation_rate: the distance between neighbours in the kernel.
        groups: into how many parts channels are split, each with its own filters.
        activation: a name or a function; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (length, channels / groups, filters).
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

    >>> layer = Conv1D(1, 2, kernel_initializer="ones")
    >>> layer([[[1.0], [2.0], [4.0]]]).numpy().ravel()
    array([3., 6.], dtype=float32)
    """

    rank = 1
    paddings = ("valid", "same", "causal")
    examples: ClassVar[Sequence[Example]] = (
        example((2, 6, 3), filters=4, kernel_size=3),
        example((2, 6, 4), filters=4, kernel_size=2, strides=2, padding="same", groups=2),
        example((2, 6, 2), filters=2, kernel_size=2, padding="causal", dilation_rate=2),
        example((2, 2, 6), filters=3, kernel_size=3, data_format="channels_first"),
    )
