"""The divergence of Kullback and Leibler, as a metric."""

from __future__ import annotations

from typing import ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses import kl_divergence
from tinygrad_gates.keras.metrics.loss_metric import LossMetric


class KLDivergence(
    LossMetric,
    aliases=(
        "kld",
        "kullback_leibler_divergence",
    ),
):
    """How much predicted probabilities diverge from the targets.

    Args:
        name: the key in logs.
        dtype: in which it is computed.

    >>> round(KLDivergence()([[1.0, 0.0]], [[0.5, 0.5]]), 4)
    0.6931
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((6, 3), 0.1, 1), Draw((6, 3), 0.1, 0.9)),
        example(Draw((6, 3), 0, 1), Draw((6, 3), 0.1, 0.9), name="kld", dtype="float64"),
    )

    def __init__(
        self,
        name: str | None = "kl_divergence",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(kl_divergence, name, dtype)
