"""The cross-entropy that fits the shapes of targets and predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.keras.losses.binary_crossentropy import binary_crossentropy
from tinygrad_gates.keras.losses.categorical_crossentropy import categorical_crossentropy
from tinygrad_gates.keras.losses.pairwise import FunctionLoss
from tinygrad_gates.keras.losses.shapes import kind_of_labels
from tinygrad_gates.keras.losses.sparse_categorical_crossentropy import (
    sparse_categorical_crossentropy,
)

BY_SHAPE = ("crossentropy", "ce")
"""The names under which `compile` knows it."""
_FUNCTIONS = {
    "binary": binary_crossentropy,
    "sparse": sparse_categorical_crossentropy,
    "categorical": categorical_crossentropy,
}


class CrossentropyByShape(FunctionLoss):
    """What loss="crossentropy" means: the one of three that the first shapes ask for.

    >>> round(CrossentropyByShape()([1], [[0.5, 0.5]]).item(), 4)
    0.6931
    """

    integer_targets = True

    def __init__(self, name: str | None = "crossentropy") -> None:
        super().__init__(_crossentropy, name=name)

    def _losses(self, y_true: Any, y_pred: Any) -> Any:
        return self.fn(y_true, y_pred)


def _crossentropy(y_true: Any, y_pred: Any) -> Any:
    return _FUNCTIONS[kind_of_labels(np.shape(y_true), np.shape(y_pred))](y_true, y_pred)
