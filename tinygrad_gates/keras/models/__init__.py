"""Models."""

from tinygrad_gates.keras.models.model import Model
from tinygrad_gates.keras.models.sequential import Sequential

__all__ = ["Model", "Sequential"]
