"""MyGrad."""

from __future__ import annotations

from functools import partial
from typing import Any

import mygrad
from mygrad.nnet import relu, softmax_crossentropy

from benchmarks.contenders.by_hand import Optimizer
from benchmarks.contenders.contender import Contender, Makers
from benchmarks.networks import Array, Network


def contenders(network: Network) -> Makers:
    """Return what MyGrad does."""
    return {"MyGrad": partial(MyGrad, network)}


class MyGrad(Contender):
    """Its tensors, and a rule in NumPy."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._x, self._y = network.data()
        self._labels = self._y.argmax(1)
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = self._network.weights()
        self._optimizer = Optimizer(self._network, self._weights)

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            tensors = [mygrad.tensor(w, copy=False) for w in self._weights]
            loss = self._loss(tensors)
            loss.backward()
            self._optimizer.apply(self._weights, [tensor.grad for tensor in tensors])
        return float(loss)

    def _loss(self, weights: Any) -> Any:
        x: Any = self._x
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = relu(mygrad.matmul(x, kernel) + bias)
        x = mygrad.matmul(x, weights[-2]) + weights[-1]
        if self._network.loss == "mse":
            return mygrad.mean((x - self._y) ** 2)
        return softmax_crossentropy(x, self._labels)

    def weights(self) -> list[Array]:
        """Return the weights."""
        return self._weights
