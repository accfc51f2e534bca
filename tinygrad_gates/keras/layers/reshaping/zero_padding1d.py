"""Zeros around sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.reshaping.base_padding import BasePadding


class ZeroPadding1D(BasePadding):
    """Puts zeros before and after each sequence.

    Args:
        padding: how many steps: one number, or a pair of (before, after).
        data_format: "channels_last" (the default): inputs of shape (samples, steps, channels);
            or "channels_first": (samples, channels, steps).
        **options: as for every `Layer`.

    Raises:
        ValueError: for numbers that are no integers from 0 up.

    >>> ZeroPadding1D((0, 2))([[[1.0]]]).numpy().ravel()
    array([1., 0., 0.], dtype=float32)
    """

    rank = 1
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2)),
        example((2, 3, 2), padding=(0, 2), data_format="channels_first"),
    )

    def __init__(
        self,
        padding: int | Sequence[int] = 1,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        pair: Any = padding
        super().__init__(pair if isinstance(pair, int) else [pair], data_format, **options)
        self.padding: Any = self.widths[0]
