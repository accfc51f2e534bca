"""Initializers: what a new weight is filled with, found by name with `get`."""

from tinygrad_gates.keras.initializers.constant import Constant
from tinygrad_gates.keras.initializers.glorot_uniform import GlorotUniform
from tinygrad_gates.keras.initializers.initializer import Initializer, get
from tinygrad_gates.keras.initializers.ones import Ones
from tinygrad_gates.keras.initializers.zeros import Zeros

__all__ = ["Constant", "GlorotUniform", "Initializer", "Ones", "Zeros", "get"]
