"""The mean in each window of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.pooling.base_pooling import BasePooling
from tinygrad_gates.ops.convolution import Padding, average_pool


class AveragePooling1D(BasePooling):
    """Takes the mean of each window, channel by channel.

    What padding adds does not count.

    Args:
        pool_size: of the window.
        strides: how far it moves; by its size by default.
        padding: "valid" for none; "same" lets windows reach over the edges.
        data_format: "channels_last" (the default): inputs of shape (samples, steps,
            channels); or "channels_first": (samples, channels, steps).
        name: unique in a model.
        **options: as for every `Layer`.

    Raises:
        ValueError: for sizes that are no positive integers, and unknown names.
        ShapeError: on a call, if the window does not fit.

    >>> AveragePooling1D(2)([[[1.0], [3.0], [2.0], [0.0]]]).numpy().ravel()
    array([2., 1.], dtype=float32)
    """

    rank = 1
    examples: ClassVar[Sequence[Example]] = (
        example((2, 6, 3), pool_size=2),
        example((2, 6, 3), pool_size=3, strides=2, padding="same"),
        example((2, 3, 6), pool_size=2, strides=1, data_format="channels_first"),
    )

    def __init__(
        self,
        pool_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] | None = None,
        padding: Padding = "valid",
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **options)

    def pooled(self, images: Any) -> Any:
        """Return the mean of each window."""
        return average_pool(images, self.pool_size, self.strides, self.padding)
