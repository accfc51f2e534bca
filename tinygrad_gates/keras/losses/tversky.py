"""How little targets and predictions overlap, after Tversky."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair, axes_of


def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None
) -> Value:
    """Return 1 - both / (both + alpha missed + beta false), as sums over axes.

    Args:
        y_true: what is there, 0 to 1, of the shape of `y_pred`.
        y_pred: predictions, a Value or an array.
        alpha: the weight of what is there and was missed.
        beta: the weight of what is not there and was predicted.
        axis: over which sums are taken, or several; all by default.

    Raises:
        ShapeError: if the shapes differ.

    >>> round(tversky([[0.0, 1.0]], [[1.0, 1.0]]).item(), 4)
    0.3333
    """
    y_true, y_pred = as_pair(y_true, y_pred, "tversky")
    over = axes_of(axis)
    both = (y_true * y_pred).sum(axis=over)
    missed = (y_true * (1 - y_pred)).sum(axis=over)
    false = (y_pred * (1 - y_true)).sum(axis=over)
    return 1 - both / (both + missed * alpha + false * beta + epsilon())


class Tversky(PairwiseLoss, function=tversky):
    """How little targets and predictions overlap, with weights for both kinds of mistakes.

    Defined by Salehi et al., "Tversky loss function for image segmentation", 2017.

    Args:
        alpha: the weight of what is there and was missed.
        beta: the weight of what is not there and was predicted.
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        axis: over which sums are taken, or several; all by default.
        dtype: as for every `Loss`.

    >>> round(Tversky()([[0.0, 1.0]], [[1.0, 1.0]]).item(), 4)
    0.3333
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 1), Draw((4, 3), 0.1, 1)),
        example(Draw((2, 3, 2), 0, 1), Draw((2, 3, 2), 0.1, 1), alpha=0.2, beta=0.7, axis=(1, 2)),
    )

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Any = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.alpha = alpha
        self.beta = beta
        self.axis = axis
