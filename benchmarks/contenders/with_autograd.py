"""HIPS autograd."""

from __future__ import annotations

from functools import partial
from typing import Any

import autograd.numpy as anp
from autograd import value_and_grad

from benchmarks.contenders.by_hand import Optimizer
from benchmarks.contenders.contender import Contender, Makers
from benchmarks.networks import Array, Network


def contenders(network: Network) -> Makers:
    """Return what autograd does."""
    return {"HIPS autograd": partial(Autograd, network)}


class Autograd(Contender):
    """Its gradient, and a rule in NumPy."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._x, self._y = network.data()
        self._gradients = value_and_grad(self._loss)
        self.reset()

    def _loss(self, weights: Any) -> Any:
        x = self._x
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = anp.dot(x, kernel) + bias
            x = anp.where(x > 0, x, 0)  # of maximum(x, 0) its gradient is a half at 0
        x = anp.dot(x, weights[-2]) + weights[-1]
        if self._network.loss == "mse":
            return anp.mean((x - self._y) ** 2)
        x = x - anp.max(x, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(x), axis=1)) - anp.sum(x * self._y, axis=1))

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = self._network.weights()
        self._optimizer = Optimizer(self._network, self._weights)

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            loss, gradients = self._gradients(self._weights)
            self._optimizer.apply(self._weights, gradients)
        return float(loss)

    def weights(self) -> list[Array]:
        """Return the weights."""
        return self._weights
