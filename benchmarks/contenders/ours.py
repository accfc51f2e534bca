"""This package: `fit` in all its modes, a training step of one's own compiled, and eager."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.contenders.contender import Contender, Makers, UnavailableError
from benchmarks.contenders.fit import Fit
from benchmarks.networks import BETA_1, BETA_2, EPSILON, Array, Network
from tinygrad_gates import Value, gradients, jit, keras, ops
from tinygrad_gates.errors import CompileWarning

FIT_LOOPS, FIT_NUMPY = "fit, jit_compile='numba'", "fit, jit_compile='numpy'"
FIT_EAGER = "fit, jit_compile=False"
FIT_ACCURACY = "fit, jit_compile=False, accuracy"
STEP_LOOPS, STEP_NUMPY = "jit(step, backend='numba')", "jit(step, backend='numpy')"
STEP_EAGER = "step on Values"
ERRORS = (CompileWarning,)
"""Warnings that something else would be measured than what a contender's name says."""

OURS = (FIT_LOOPS, FIT_NUMPY, FIT_EAGER, FIT_ACCURACY, STEP_LOOPS, STEP_NUMPY, STEP_EAGER)


def contenders(network: Network) -> Makers:
    """Return what this package does."""
    makers: Makers = {
        FIT_LOOPS: partial(_fit, network, jit_compile="numba"),
        FIT_NUMPY: partial(_fit, network, jit_compile="numpy"),
        FIT_EAGER: partial(_fit, network, jit_compile=False),
        STEP_LOOPS: partial(Step, network, "numba"),
        STEP_NUMPY: partial(Step, network, "numpy"),
        STEP_EAGER: partial(Step, network, None),
    }
    if network.loss == "mse":
        makers[FIT_ACCURACY] = partial(_fit, network, jit_compile=False, metrics=["acc"])
    return makers


def _fit(network: Network, **options: Any) -> Fit:
    _require(options["jit_compile"])
    return Fit(keras, network, **options)


def _require(backend: Any) -> None:
    if backend == "numba" and find_spec("numba") is None:
        raise UnavailableError("Numba is not installed")


class Step(Contender):
    """A training step of one's own on Values, compiled or not."""

    def __init__(self, network: Network, backend: Any) -> None:
        _require(backend)
        self._network = network
        self._x, self._y = network.data()
        self._step = jit(self._train, backend=backend) if backend else self._train
        self._adam = keras.optimizers.Adam(network.rate, BETA_1, BETA_2, EPSILON)
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = [Value(w) for w in self._network.weights()]
        moments = 2 if self._network.optimizer == "adam" else 0
        self._slots = [
            [_state(np.zeros(w.shape, np.float32)) for _ in range(moments)] for w in self._weights
        ]
        self._count = _state(np.int64(0))

    def run(self, steps: int) -> float:
        """Train."""
        x, y, rate = self._x, self._y, np.float32(self._network.rate)
        for _ in range(steps):
            loss = self._step(x, y, self._weights, self._slots, self._count, rate)
        return float(loss)

    def _train(self, x: Any, y: Any, weights: Any, slots: Any, count: Any, rate: Any) -> Any:
        loss = self._loss(x, y, weights)
        if self._network.optimizer == "sgd":
            for w, g in zip(weights, gradients(loss, weights), strict=True):
                w.assign_sub(rate * g)
            return loss.data
        count.data = count.data + np.int64(1)
        for w, g, state in zip(weights, gradients(loss, weights), slots, strict=True):
            before = tuple(slot.data for slot in state)
            w.data, after = self._adam.rule(w.data, g, before, rate, count.data)
            for slot, data in zip(state, after, strict=True):
                slot.data = data
        return loss.data

    def _loss(self, x: Any, y: Any, weights: Any) -> Any:
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = ops.relu(x @ kernel + bias)
        x = x @ weights[-2] + weights[-1]
        if self._network.loss == "mse":
            return ops.mean_squared_error(x, y)
        return ops.cross_entropy(x, y).mean()

    def weights(self) -> list[Array]:
        """Return the weights."""
        return [w.data for w in self._weights]


def _state(data: Any) -> Value:
    return Value(data, requires_grad=False)
