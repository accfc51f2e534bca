"""Constraints: what weights are brought back to after every training step."""

from tinygrad_gates.keras.constraints.constraint import Constraint, get
from tinygrad_gates.keras.constraints.max_norm import MaxNorm
from tinygrad_gates.keras.constraints.min_max_norm import MinMaxNorm
from tinygrad_gates.keras.constraints.non_neg import NonNeg
from tinygrad_gates.keras.constraints.unit_norm import UnitNorm
from tinygrad_gates.keras.registry import serialize

deserialize = Constraint.registry.deserialize

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]
