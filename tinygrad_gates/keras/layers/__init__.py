"""Layers."""

from tinygrad_gates.keras.layers.core.dense import Dense
from tinygrad_gates.keras.layers.core.input_layer import Input, InputLayer
from tinygrad_gates.keras.layers.core.operation import Operation
from tinygrad_gates.keras.layers.input_spec import InputSpec
from tinygrad_gates.keras.layers.layer import Layer

__all__ = ["Dense", "Input", "InputLayer", "InputSpec", "Layer", "Operation"]
