"""The greatest number in each window of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.pooling.base_pooling import BasePooling
from tinygrad_gates.ops.convolution import Padding, max_pool


class MaxPooling2D(BasePooling):
    """Takes the greatest number of each window, channel by channel.

    The gradient goes to the first of equal numbers.

    Args:
        pool_size: of the window: height and width, or one number for both.
        strides: how far it moves; by its size by default.
        padding: "valid" for none; "same" lets windows reach over the edges.
        data_format: "channels_last" (the default): inputs of shape (samples, height, width,
            channels); or "channels_first": (samples, channels, height, width).
        name: unique in a model.
        **options: as for every `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers, and unknown names.
        ShapeError: on a call, if the window does not fit.

    >>> MaxPooling2D(2)([[[[1.0], [2.0]], [[3.0], [4.0]]]]).numpy().ravel()
    array([4.], dtype=float32)
    """

    rank = 2
    examples: ClassVar[Sequence[Example]] = (
        example((2, 5, 4, 3)),
        example((2, 5, 4, 3), pool_size=3, strides=2, padding="same"),
        example((2, 3, 5, 4), pool_size=2, strides=1, data_format="channels_first"),
    )

    def __init__(
        self,
        pool_size: int | tuple[int, ...] = (2, 2),
        strides: int | tuple[int, ...] | None = None,
        padding: Padding = "valid",
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **options)

    def pooled(self, images: Any) -> Any:
        """Return the greatest number of each window."""
        return max_pool(images, self.pool_size, self.strides, self.padding)
