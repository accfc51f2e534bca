"""JAX: a compiled step, and a compiled loop."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contenders.contender import Contender, Makers
from benchmarks.networks import BETA_1, BETA_2, EPSILON, Array, Network

STEP, SCAN = "JAX, jit of a step", "JAX, lax.scan over all steps"


def contenders(network: Network) -> Makers:
    """Return what JAX does."""
    return {STEP: partial(JaxStep, network), SCAN: partial(JaxScan, network)}


class JaxStep(Contender):
    """Calls a compiled step for each step."""

    def __init__(self, network: Network) -> None:
        self._network = network
        x, y = map(jnp.asarray, network.data())

        def step(state: Any, _: None) -> tuple[Any, Any]:
            return _step(network, x, y, state)

        self._step = step
        self._compiled = jax.jit(step)
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        weights = [jnp.asarray(w) for w in self._network.weights()]
        zeros = [jnp.zeros_like(w) for w in weights] if self._network.optimizer == "adam" else []
        self._state: Any = weights, zeros, zeros, jnp.zeros((), jnp.int32)
        jax.block_until_ready(self._state)

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            self._state, loss = self._compiled(self._state, None)
        jax.block_until_ready(self._state)
        return float(loss)

    def weights(self) -> list[Array]:
        """Return the weights."""
        return [np.asarray(w) for w in self._state[0]]


class JaxScan(JaxStep):
    """Calls a compiled loop of so many steps, which keeps the loss of each."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)

        @partial(jax.jit, static_argnums=1)
        def loop(state: Any, steps: int) -> Any:
            return jax.lax.scan(self._step, state, length=steps)

        self._loop = loop

    def run(self, steps: int) -> float:
        """Train."""
        self._state, losses = self._loop(self._state, steps)
        jax.block_until_ready(self._state)
        return float(losses[-1])


def _step(network: Network, x: Any, y: Any, state: Any) -> tuple[Any, Any]:
    weights, means, squares, count = state
    loss, gradients = jax.value_and_grad(_loss)(weights, x, y, network)
    if network.optimizer == "sgd":
        weights = [w - network.rate * g for w, g in zip(weights, gradients, strict=True)]
        return (weights, means, squares, count), loss
    count = count + 1
    rate = network.rate * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
    means = [m + (1 - BETA_1) * (g - m) for m, g in zip(means, gradients, strict=True)]
    squares = [s + (1 - BETA_2) * (g * g - s) for s, g in zip(squares, gradients, strict=True)]
    weights = [
        w - rate * m / (jnp.sqrt(s) + EPSILON)
        for w, m, s in zip(weights, means, squares, strict=True)
    ]
    return (weights, means, squares, count), loss


def _loss(weights: Any, x: Any, y: Any, network: Network) -> Any:
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        x = jax.nn.relu(x @ kernel + bias)
    x = x @ weights[-2] + weights[-1]
    if network.loss == "mse":
        return jnp.mean((x - y) ** 2)
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(x), axis=1))
