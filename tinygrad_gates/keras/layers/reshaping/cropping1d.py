"""Sequences without their edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.reshaping.base_cropping import BaseCropping


class Cropping1D(BaseCropping):
    """Cuts steps off before and after each sequence.

    Args:
        cropping: how many steps: one number, or a pair of (before, after).
        **options: as for every `Layer`.

    Raises:
        ValueError: for numbers that are no integers from 0 up.
        ShapeError: on a call, if nothing would be left.

    >>> Cropping1D((1, 0))([[[1.0], [2.0], [3.0]]]).numpy().ravel()
    array([2., 3.], dtype=float32)
    """

    unsaved = (*BaseCropping.unsaved, "data_format")
    rank = 1
    examples: ClassVar[Sequence[Example]] = (
        example((2, 4, 2)),
        example((2, 4, 2), cropping=(0, 2)),
    )

    def __init__(
        self, cropping: int | Sequence[int] = (1, 1), **options: Unpack[LayerOptions]
    ) -> None:
        pair: Any = cropping
        super().__init__(pair if isinstance(pair, int) else [pair], **options)
        self.cropping: Any = self.widths[0]
