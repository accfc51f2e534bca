"""Rows that shape, join, extend and cut arrays, and what NumPy asks of a Value's plain data."""

from tinygrad_gates.ops.structure import diagonal, join, metadata, shape
from tinygrad_gates.ops.structure.shape import identity

__all__ = ["diagonal", "identity", "join", "metadata", "shape"]
