"""How little targets and predictions overlap, after Dice."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.shapes import as_pair, axes_of


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Value:
    """Return 1 - 2 sum(y_true y_pred) / (sum(y_true) + sum(y_pred)).

    Args:
        y_true: what is there, 0 to 1, of the shape of `y_pred`.
        y_pred: predictions, a Value or an array.
        axis: over which sums are taken, or several; all by default.

    Raises:
        ShapeError: if the shapes differ.

    >>> round(dice([[0.0, 1.0]], [[1.0, 1.0]]).item(), 4)
    0.3333
    """
    y_true, y_pred = as_pair(y_true, y_pred, "dice")
    over = axes_of(axis)
    both = (y_true * y_pred).sum(axis=over)
    return 1 - 2 * both / (y_true.sum(axis=over) + y_pred.sum(axis=over) + epsilon())


class Dice(PairwiseLoss, function=dice):
    """How little targets and predictions overlap (Milletari et al., "V-Net", 2016).

    Args:
        reduction: as for every `Loss`.
        name: as for every `Loss`.
        axis: over which sums are taken, or several; all by default.
        dtype: as for every `Loss`.

    >>> round(Dice()([[0.0, 1.0]], [[1.0, 1.0]]).item(), 4)
    0.3333
    """

    examples: ClassVar = (
        example(Draw((4, 3), 0, 1), Draw((4, 3), 0.1, 1)),
        example(Draw((2, 3, 2), 0, 1), Draw((2, 3, 2), 0.1, 1), axis=(1, 2)),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Any = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.axis = axis
