"""Regularizers: penalties of weights and outputs that are added to the loss."""

from tinygrad_gates.keras.registry import serialize
from tinygrad_gates.keras.regularizers.l1 import L1
from tinygrad_gates.keras.regularizers.l1_l2 import L1L2
from tinygrad_gates.keras.regularizers.l2 import L2
from tinygrad_gates.keras.regularizers.orthogonal import OrthogonalRegularizer
from tinygrad_gates.keras.regularizers.regularizer import Regularizer, get

deserialize = Regularizer.registry.deserialize

l1, l2, l1_l2 = L1, L2, L1L2
orthogonal_regularizer = OrthogonalRegularizer

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]
