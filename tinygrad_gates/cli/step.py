"""The backprop graph of one training step, which both commands draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core import Value
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture.dot import Graph


def backprop_graph(model: Sequential, x: Any, y: Any) -> Graph:
    """Return the graph of a model's mean squared error on data, gradients in it."""
    inputs = Value(np.asarray(x, np.float32), label="x", requires_grad=False)
    targets = Value(np.asarray(y, np.float32), label="y", requires_grad=False)
    loss = mse(targets, model(inputs)).mean()
    loss.label = "loss"
    loss.backward()
    graph: Graph = loss.graph(inputs=[inputs, targets])
    return graph
