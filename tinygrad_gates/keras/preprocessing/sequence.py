"""Sequences of unequal lengths as one array."""

from tinygrad_gates.keras.utils import pad_sequences

__all__ = ["pad_sequences"]
