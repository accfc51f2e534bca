"""Keras's API: models, layers, optimizers, losses and metrics, under Keras's names.

>>> from tinygrad_gates.keras.models import Sequential
>>> from tinygrad_gates.keras.layers import Dense
>>> model = Sequential([Dense(1, input_shape=(2,))])
>>> model.compile(optimizer="sgd", loss="mse", metrics=["acc"])
>>> history = model.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], epochs=2, verbose=0)
>>> list(history.history)
['loss', 'acc']
"""

from tinygrad_gates.keras import (
    activations,
    callbacks,
    config,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    random,
    regularizers,
    saving,
    utils,
)
from tinygrad_gates.keras.layers import Input, InputSpec, Layer
from tinygrad_gates.keras.models import Model, Sequential
from tinygrad_gates.keras.symbolic import KerasTensor
from tinygrad_gates.keras.variable import Variable

__all__ = [
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Model",
    "Sequential",
    "Variable",
    "activations",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "random",
    "regularizers",
    "saving",
    "utils",
]
