"""The computation of one training step, which the pictures show."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core import Value
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture.dot import Graph


def backprop(model: Sequential, x: Any, y: Any) -> Value:
    """Return a model's mean squared error on data."""
    inputs = Value(np.asarray(x, np.float32), label="x", requires_grad=False)
    targets = Value(np.asarray(y, np.float32), label="y", requires_grad=False)
    loss: Value = mse(targets, model(inputs)).mean()
    loss.label = "loss"
    return loss


def backprop_graph(model: Sequential, x: Any, y: Any) -> Graph:
    """Return the graph of that computation, gradients in it."""
    loss = backprop(model, x, y)
    loss.backward()
    graph: Graph = loss.graph()
    return graph
