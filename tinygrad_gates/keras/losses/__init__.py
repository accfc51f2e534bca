"""Losses: a class and a function of each, found by name with `get`."""

from tinygrad_gates.keras.losses.loss import Loss, as_loss, get
from tinygrad_gates.keras.losses.mean_squared_error import MeanSquaredError, mean_squared_error

mse = MSE = mean_squared_error

__all__ = [
    "MSE",
    "Loss",
    "MeanSquaredError",
    "as_loss",
    "get",
    "mean_squared_error",
    "mse",
]
