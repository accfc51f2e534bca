"""The cross-entropy of one-hot rows, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import categorical_crossentropy
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class CategoricalCrossentropy(LossMetric, aliases=("cce",)):
    """The cross-entropy of one-hot rows and predicted probabilities.

    Args:
        name: the key in logs.
        dtype: in which it is computed.
        from_logits: whether predictions are logits, not probabilities.
        label_smoothing: how far targets are moved towards equal shares, from 0 to 1.
        axis: that of the classes.

    >>> round(CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]]), 4)
    0.6931
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 3), 0, 1), Draw((6, 3), 0.1, 0.9)),
        example(
            Draw((6, 3), 0, 2, whole=True),
            (6, 3),
            name="cce",
            dtype="float64",
            from_logits=True,
            label_smoothing=0.2,
        ),
        example(Draw((6, 3, 2), 0, 1), Draw((6, 3, 2), 0.1, 0.9), axis=1),
    )

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
