"""Dropping whole channels of sequences out at random."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import InputSpec
from tinygrad_gates.keras.layers.regularization.dropout import Dropout


class SpatialDropout1D(Dropout):
    """Drops out channels as a whole, in training only (Tompson et al., CVPR 2015).

    Args:
        rate: the share, from 0 to 1.
        seed: of the draws; by default it follows from `set_seed`.
        name: unique in a model.
        dtype: of computations.

    >>> SpatialDropout1D(0.5)([[[1.0, 2.0]]]).shape
    (1, 1, 2)
    """

    unsaved = (*Dropout.unsaved, "noise_shape", "activity_regularizer", "trainable")
    examples: ClassVar = (example((2, 3, 2), rate=0.3),)

    def __init__(
        self,
        rate: float,
        seed: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, None, seed, name=name, dtype=dtype, **options)
        self.input_spec = InputSpec(ndim=3)

    def _drawn_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape[0], 1, shape[2]
