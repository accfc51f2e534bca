"""micrograd's demo: a network of single numbers that learns to tell two moons apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.contenders.contender import Contender, Makers, UnavailableError
from benchmarks.networks import Array
from tinygrad_gates import Value, jit

JIT, EAGER, MICROGRAD = "jit(step)", "Values", "micrograd"
OURS = (JIT, EAGER)

_RATE, _PENALTY = 0.1, 1e-4


@dataclass(frozen=True)
class Moons:
    """The demo's data and network.

    Attributes:
        count: the number of points.
        sizes: the number of inputs, then that of each layer's units.
    """

    count: int = 100
    sizes: tuple[int, ...] = (2, 16, 16, 1)

    def data(self) -> tuple[Array, Array]:
        """Return points and labels, -1 or 1."""
        rng = np.random.default_rng(1337)
        angle = rng.uniform(0, np.pi, self.count)
        labels = np.arange(self.count) % 2 * 2 - 1
        upper, lower = [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]
        return np.where(labels > 0, upper, lower).T, labels

    def weights(self) -> list[Array]:
        """Return fresh initial weights: kernel and bias of each layer."""
        source = random.Random(1337)
        weights = []
        for inputs, units in pairwise(self.sizes):
            kernel = [[source.uniform(-1, 1) for _ in range(inputs)] for _ in range(units)]
            weights += [np.array(kernel).T, np.zeros(units)]
        return weights


def contenders(moons: Moons) -> Makers:
    """Return what trains on single numbers."""
    return {
        JIT: partial(Numbers, moons, Value, jit),
        EAGER: partial(Numbers, moons, Value),
        MICROGRAD: partial(_micrograd, moons),
    }


def _micrograd(moons: Moons) -> Numbers:
    if find_spec("micrograd") is None:
        raise UnavailableError("micrograd is not installed")
    from micrograd.engine import Value as MicrogradValue

    return Numbers(moons, MicrogradValue)


class Numbers(Contender):
    """The demo's step, written once for every class that differentiates single numbers.

    Args:
        moons: what is learnt.
        value: the class.
        compiled: what makes of the step a quicker one.
    """

    def __init__(
        self, moons: Moons, value: Any, compiled: Callable[[Any], Any] = lambda step: step
    ) -> None:
        self._moons, self._value = moons, value
        points, labels = moons.data()
        self._points, self._labels = points.tolist(), labels.tolist()
        self._step = compiled(self._train)
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        weights = self._moons.weights()
        self._layers = [
            [
                ([self._value(w) for w in column], self._value(b))
                for column, b in zip(kernel.T.tolist(), bias.tolist(), strict=True)
            ]
            for kernel, bias in zip(weights[::2], weights[1::2], strict=True)
        ]

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            loss = self._step(self._points, self._layers)
        return float(loss)

    def _train(self, points: Any, layers: Any) -> Any:
        parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]
        scores = [_score([self._value(x) for x in point], layers) for point in points]
        pairs = zip(self._labels, scores, strict=True)
        losses = [(1 + -label * score).relu() for label, score in pairs]
        total = sum(losses) * (1.0 / len(losses)) + _PENALTY * sum(p * p for p in parameters)
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= _RATE * p.grad
        return total.data

    def weights(self) -> list[Array]:
        """Return the weights."""
        found = []
        for layer in self._layers:
            found.append(np.array([[w.data for w in weights] for weights, _ in layer]).T)
            found.append(np.array([bias.data for _, bias in layer]))
        return found


def _score(v: Any, layers: Any) -> Any:
    for layer in layers:
        sums = [sum((w * x for w, x in zip(ws, v, strict=True)), b) for ws, b in layer]
        v = sums if len(sums) == 1 else [s.relu() for s in sums]
    return v[0]


class MoonsReference(Contender):
    """The same on arrays, written out in NumPy."""

    def __init__(self, moons: Moons) -> None:
        self._moons = moons
        self._points, self._labels = moons.data()
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = self._moons.weights()

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            loss = self._step()
        return loss

    def _step(self) -> float:
        kernels, biases = self._weights[::2], self._weights[1::2]
        inputs = [self._points]
        for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
            inputs.append(np.maximum(inputs[-1] @ kernel + bias, 0))
        scores = (inputs[-1] @ kernels[-1] + biases[-1])[:, 0]
        margins = np.maximum(1 - self._labels * scores, 0)
        loss = margins.mean() + _PENALTY * sum(np.sum(w * w) for w in self._weights)
        g = (-self._labels * (margins > 0) / len(margins))[:, None]
        gradients: list[Array] = []
        for layer in reversed(range(len(kernels))):
            gradients[:0] = inputs[layer].T @ g, g.sum(axis=0)
            g = (g @ kernels[layer].T) * (inputs[layer] > 0)
        for w, gradient in zip(self._weights, gradients, strict=True):
            w -= _RATE * (gradient + 2 * _PENALTY * w)
        return float(loss)

    def weights(self) -> list[Array]:
        """Return the weights."""
        return self._weights
