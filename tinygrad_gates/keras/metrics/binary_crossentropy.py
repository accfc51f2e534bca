"""The cross-entropy of yes-or-no targets, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import binary_crossentropy
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class BinaryCrossentropy(LossMetric, aliases=("bce",)):
    """The cross-entropy of yes-or-no targets and predicted probabilities.

    Args:
        name: the key in logs.
        dtype: in which it is computed.
        from_logits: whether predictions are logits, not probabilities.
        label_smoothing: how far targets are moved towards equal shares, from 0 to 1.

    >>> round(BinaryCrossentropy()([[0], [1]], [[0.5], [0.5]]), 4)
    0.6931
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 2), 0, 2, whole=True), Draw((6, 2), 0.1, 0.9)),
        example(
            Draw((6, 1), 0, 2, whole=True),
            (6, 1),
            name="bce",
            dtype="float64",
            from_logits=True,
            label_smoothing=0.2,
        ),
    )

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
