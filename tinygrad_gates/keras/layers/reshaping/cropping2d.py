"""Images without their edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.reshaping.base_cropping import BaseCropping


class Cropping2D(BaseCropping):
    """Cuts rows and columns off around each image.

    Args:
        cropping: how many rows and columns: one number for all sides, a pair of (rows, columns),
            or ((top, bottom), (left, right)).
        data_format: "channels_last" (the default): inputs of shape (samples, height, width,
            channels); or "channels_first": (samples, channels, height, width).
        **options: as for every `Layer`.

    Raises:
        ValueError: for numbers that are no integers from 0 up.
        ShapeError: on a call, if nothing would be left.

    >>> Cropping2D(((1, 0), (0, 0)))([[[[1.0]], [[2.0]]]]).numpy().ravel()
    array([2.], dtype=float32)
    """

    rank = 2
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 3, 2)),
        example((2, 4, 5, 1), cropping=(0, 2)),
        example((1, 2, 3, 4), cropping=((1, 0), (0, 2)), data_format="channels_first"),
    )

    def __init__(
        self,
        cropping: Any = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(cropping, data_format, **options)
        self.cropping = self.widths
