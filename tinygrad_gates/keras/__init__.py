"""Keras's API: models, layers, optimizers, losses and metrics, under Keras's names.

>>> from tinygrad_gates.keras.models import Sequential
>>> from tinygrad_gates.keras.layers import Dense
>>> model = Sequential([Dense(1, input_shape=(2,))])
>>> model.compile(optimizer="sgd", loss="mse", metrics=["acc"])
>>> history = model.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], epochs=2, verbose=0)
>>> list(history.history)
['loss', 'acc']
"""

from tinygrad_gates.core import name_scope
from tinygrad_gates.keras import (
    activations,
    backend,
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
    preprocessing,
    random,
    regularizers,
    saving,
    utils,
)
from tinygrad_gates.keras.callbacks import Callback
from tinygrad_gates.keras.config import version
from tinygrad_gates.keras.constraints import Constraint
from tinygrad_gates.keras.initializers import Initializer
from tinygrad_gates.keras.layers import Input, InputSpec, Layer
from tinygrad_gates.keras.losses import Loss
from tinygrad_gates.keras.metrics import Metric
from tinygrad_gates.keras.models import Model, Sequential
from tinygrad_gates.keras.optimizers import Optimizer
from tinygrad_gates.keras.regularizers import Regularizer
from tinygrad_gates.keras.symbolic import KerasTensor
from tinygrad_gates.keras.variable import Variable

__version__ = config.KERAS_VERSION

__all__ = [
    "Callback",
    "Constraint",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Variable",
    "__version__",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "utils",
    "version",
]
