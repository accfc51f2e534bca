"""Training written out in NumPy, and the matrix products alone."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.contenders.contender import Contender, Makers, Yardstick
from benchmarks.networks import BETA_1, BETA_2, EPSILON, XOR, Array, Network

HAND = "NumPy by hand"
PRODUCTS = "matrix products alone"


def contenders(network: Network) -> Makers:
    """Return what NumPy does."""
    if network == XOR:
        return {HAND: XorByHand}
    return {HAND: partial(ByHand, network), PRODUCTS: partial(Products, network)}


class Optimizer:
    """SGD or Adam on NumPy arrays, which change in place."""

    def __init__(self, network: Network, weights: list[Array]) -> None:
        self._rate = network.rate
        self._moments = []
        if network.optimizer == "adam":
            self._moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
        self._steps = 0

    def apply(self, weights: list[Array], gradients: list[Array]) -> None:
        """Make one step."""
        if not self._moments:
            for w, g in zip(weights, gradients, strict=True):
                w -= self._rate * g
            return
        self._steps += 1
        rate = self._rate * (1 - BETA_2**self._steps) ** 0.5 / (1 - BETA_1**self._steps)
        for w, g, (mean, square) in zip(weights, gradients, self._moments, strict=True):
            mean += (1 - BETA_1) * (g - mean)
            square += (1 - BETA_2) * (g * g - square)
            w -= rate * mean / (np.sqrt(square) + EPSILON)


class ByHand(Contender):
    """Any of the networks; in float64 it is the reference that all contenders agree with."""

    def __init__(self, network: Network, dtype: Any = np.float32) -> None:
        self._network, self._dtype = network, dtype
        self._x, self._y = (array.astype(dtype) for array in network.data())
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = [w.astype(self._dtype) for w in self._network.weights()]
        self._optimizer = Optimizer(self._network, self._weights)

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            loss, gradients = self._gradients()
            self._optimizer.apply(self._weights, gradients)
        return float(loss)

    def _gradients(self) -> tuple[Any, list[Array]]:
        kernels, biases = self._weights[::2], self._weights[1::2]
        inputs = [self._x]
        for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
            inputs.append(np.maximum(inputs[-1] @ kernel + bias, 0))
        loss, g = self._loss(inputs[-1] @ kernels[-1] + biases[-1])
        gradients: list[Array] = []
        for layer in reversed(range(len(kernels))):
            gradients[:0] = inputs[layer].T @ g, g.sum(axis=0)
            if layer:
                g = (g @ kernels[layer].T) * (inputs[layer] > 0)
        return loss, gradients

    def _loss(self, outputs: Array) -> tuple[Any, Array]:
        """Return the loss, and its gradient by the outputs."""
        if self._network.loss == "mse":
            error = outputs - self._y
            return np.mean(error * error), error * (2 / error.size)
        shifted = outputs - outputs.max(axis=1, keepdims=True)
        exp = np.exp(shifted)
        total = exp.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - (shifted * self._y).sum(axis=1))
        return loss, (exp / total - self._y) / len(outputs)

    def weights(self) -> list[Array]:
        """Return the weights."""
        return self._weights


class XorByHand(Contender):
    """The network for XOR without a loop over its layers, as short as NumPy can be."""

    def __init__(self) -> None:
        self._x, self._y = XOR.data()
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = XOR.weights()

    def run(self, steps: int) -> float:
        """Train."""
        x, y, rate = self._x, self._y, np.float32(XOR.rate)
        w1, b1, w2, b2 = self._weights
        for _ in range(steps):
            z = x @ w1 + b1
            h = np.maximum(z, 0)
            error = h @ w2 + b2 - y
            loss = np.mean(error * error)
            g = error * (2 / error.size)
            gz = (g @ w2.T) * (z > 0)
            w2 = w2 - rate * (h.T @ g)
            b2 = b2 - rate * g.sum(axis=0)
            w1 = w1 - rate * (x.T @ gz)
            b1 = b1 - rate * gz.sum(axis=0)
        self._weights = [w1, b1, w2, b2]
        return float(loss)

    def weights(self) -> list[Array]:
        """Return the weights."""
        return self._weights


class Products(Yardstick):
    """NumPy's own sgemm for the products of a training step, into memory that is there."""

    def __init__(self, network: Network) -> None:
        x, _ = network.data()
        self._kernels = network.weights()[::2]
        self._steps = [np.empty_like(kernel) for kernel in self._kernels]
        outputs = [np.ones((network.batch, units), np.float32) for units in network.sizes[1:]]
        self._values, self._slopes = [x, *outputs], [x, *(y.copy() for y in outputs)]

    def reset(self) -> None:
        """Do nothing: the numbers do not matter."""

    def run(self, steps: int) -> float:
        """Multiply: forward, then by each layer for its kernel and for its inputs."""
        layers = list(enumerate(zip(self._kernels, pairwise(self._values), strict=True)))
        for _ in range(steps):
            for _, (kernel, (x, y)) in layers:
                np.matmul(x, kernel, out=y)
            for i, (kernel, (x, _)) in reversed(layers):
                np.matmul(x.T, self._slopes[i + 1], out=self._steps[i])
                if i:
                    np.matmul(self._slopes[i + 1], kernel.T, out=self._slopes[i])
        return 0.0
