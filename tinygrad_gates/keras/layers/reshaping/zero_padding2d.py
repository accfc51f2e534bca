"""Zeros around images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.reshaping.base_padding import BasePadding


class ZeroPadding2D(BasePadding):
    """Puts zeros around each image.

    Args:
        padding: how many rows and columns: one number for all sides, a pair of (rows, columns),
            or ((top, bottom), (left, right)).
        data_format: "channels_last" (the default): inputs of shape (samples, height, width,
            channels); or "channels_first": (samples, channels, height, width).
        **options: as for every `Layer`.

    Raises:
        ValueError: for numbers that are no integers from 0 up.

    >>> ZeroPadding2D(((0, 1), (0, 0)))([[[[1.0]]]]).numpy().ravel()
    array([1., 0.], dtype=float32)
    """

    rank = 2
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 3, 2)),
        example((2, 3, 2, 1), padding=(0, 2)),
        example((1, 2, 3, 2), padding=((1, 0), (0, 2)), data_format="channels_first"),
    )

    def __init__(
        self,
        padding: Any = (1, 1),
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(padding, data_format, **options)
        self.padding = self.widths
