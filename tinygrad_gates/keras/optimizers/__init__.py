"""Optimizers: pure update rules, found by name with `get`."""

from tinygrad_gates.keras.optimizers.optimizer import Optimizer, get
from tinygrad_gates.keras.optimizers.rmsprop import RMSprop
from tinygrad_gates.keras.optimizers.sgd import SGD

__all__ = ["SGD", "Optimizer", "RMSprop", "get"]
