"""Dropping whole channels of images out at random."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.arguments import channels_last
from tinygrad_gates.keras.layers.input_spec import InputSpec
from tinygrad_gates.keras.layers.regularization.dropout import Dropout


class SpatialDropout2D(Dropout):
    """Drops out channels as a whole, in training only (Tompson et al., CVPR 2015).

    Args:
        rate: the share, from 0 to 1.
        data_format: "channels_last" (the default) or "channels_first".
        seed: of the draws; by default it follows from `set_seed`.
        name: unique in a model.
        dtype: of computations.

    >>> SpatialDropout2D(0.5)([[[[1.0, 2.0]]]]).shape
    (1, 1, 1, 2)
    """

    unsaved = (*Dropout.unsaved, "noise_shape", "activity_regularizer", "trainable")
    examples: ClassVar = (example((2, 3, 3, 2), rate=0.3),)

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, None, seed, name=name, dtype=dtype, **options)
        self.channels_last = channels_last(type(self).__name__, data_format)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=4)

    def _drawn_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.channels_last:
            return shape[0], 1, 1, shape[3]
        return shape[0], shape[1], 1, 1
