"""Models."""

from tinygrad_gates.keras.models.cloning import clone_model
from tinygrad_gates.keras.models.model import Model
from tinygrad_gates.keras.models.sequential import Sequential
from tinygrad_gates.keras.saving.saving import load_model, model_from_json, save_model

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
