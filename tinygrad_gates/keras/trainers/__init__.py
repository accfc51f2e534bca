"""Training, evaluating and predicting."""

from tinygrad_gates.keras.trainers.trainer import Trainer

__all__ = ["Trainer"]
