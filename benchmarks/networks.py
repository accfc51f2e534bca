"""The networks that all contenders train, with the same data and initial weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]

_ARTICLE = Path(__file__).parents[1] / "tinygrad_gates" / "cli" / "article.json"

BETA_1, BETA_2 = 0.9, 0.999
EPSILON = 1e-12
"""Of Adam: so small that it does not matter where in the rule a framework adds it."""


@dataclass(frozen=True)
class Network:
    """Dense layers with relu between them, trained on one batch over and over.

    Attributes:
        name: what a command line calls it.
        sizes: the number of inputs, then that of each layer's units.
        batch: the number of samples.
        loss: "mse", or "cross_entropy" by softmax from logits.
        optimizer: by what rule.
        rate: the learning rate.
        shuffle: whether `fit` draws an order of the samples for each epoch, as it does by default.
    """

    name: str
    sizes: tuple[int, ...]
    batch: int
    loss: Literal["mse", "cross_entropy"]
    optimizer: Literal["sgd", "adam"]
    rate: float
    shuffle: bool = False

    def data(self) -> tuple[Array, Array]:
        """Return inputs and targets, float32; of classes one-hot."""
        if self.loss == "mse":
            corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
            return corners, np.array([[0], [1], [1], [0]], np.float32)
        rng = np.random.default_rng(1)
        x = rng.uniform(0, 1, (self.batch, self.sizes[0])).astype(np.float32)
        y = np.eye(self.sizes[-1], dtype=np.float32)[rng.integers(self.sizes[-1], size=self.batch)]
        return x, y

    def weights(self) -> list[Array]:
        """Return fresh initial weights, float32: kernel and bias of each layer."""
        if self == XOR:
            article = json.loads(_ARTICLE.read_text("utf-8"))["experiments"]["xor_mlp"]
            return [np.array(weights, np.float32) for weights in article["initial_weights"]]
        rng = np.random.default_rng(0)
        weights = []
        for inputs, units in pairwise(self.sizes):
            limit = np.sqrt(6 / (inputs + units))
            weights.append(rng.uniform(-limit, limit, (inputs, units)).astype(np.float32))
            weights.append(np.zeros(units, np.float32))
        return weights


XOR = Network("xor", (2, 32, 1), 4, "mse", "sgd", 0.01, shuffle=True)
"""The article's, with its initial weights."""

NETWORKS = {
    network.name: network
    for network in (
        XOR,
        Network("mlp-sgd", (784, 128, 10), 128, "cross_entropy", "sgd", 0.01),
        Network("mlp-adam", (784, 128, 10), 128, "cross_entropy", "adam", 1e-5),
        Network("mlp-large", (784, 512, 512, 10), 128, "cross_entropy", "adam", 1e-5),
    )
}
