"""The cross-entropy of class numbers, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import sparse_categorical_crossentropy
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class SparseCategoricalCrossentropy(LossMetric, aliases=("scce",)):
    """The cross-entropy of class numbers and predicted probabilities.

    Args:
        name: the key in logs.
        dtype: in which it is computed.
        from_logits: whether predictions are logits, not probabilities.
        ignore_class: a class number of which the loss is 0.
        axis: that of the classes.

    >>> round(SparseCategoricalCrossentropy()([1, 0], [[0.5, 0.5], [0.5, 0.5]]), 4)
    0.6931
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6,), 0, 3, whole=True), Draw((6, 3), 0.1, 0.9)),
        example(
            Draw((6, 1), 0, 3, whole=True),
            (6, 3),
            name="scce",
            dtype="float64",
            from_logits=True,
        ),
    )

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
