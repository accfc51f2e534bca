"""`Model.fit`, of whichever package has Keras's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.contenders.contender import Contender
from benchmarks.networks import BETA_1, BETA_2, EPSILON, Array, Network


class Fit(Contender):
    """One call of `fit`, with an epoch for each step.

    Args:
        keras: the package.
        network: what is trained.
        **options: what `compile` takes.
    """

    def __init__(self, keras: Any, network: Network, **options: Any) -> None:
        self._network = network
        self._x, self._y = network.data()
        *hidden, last = network.sizes[1:]
        layers = [keras.layers.Dense(units, activation="relu") for units in hidden]
        self._model = keras.Sequential(
            [keras.Input((network.sizes[0],)), *layers, keras.layers.Dense(last)]
        )
        if network.optimizer == "sgd":
            self._optimizer = keras.optimizers.SGD(network.rate)
        else:
            self._optimizer = keras.optimizers.Adam(network.rate, BETA_1, BETA_2, EPSILON)
        loss = keras.losses.MeanSquaredError()
        if network.loss == "cross_entropy":
            loss = keras.losses.CategoricalCrossentropy(from_logits=True)
        self._model.compile(self._optimizer, loss, **options)
        self._optimizer.build(self._model.trainable_variables)
        self.reset()

    def reset(self) -> None:
        """Take the initial weights, and let the optimizer's state be 0 but for the rate."""
        self._model.set_weights(self._network.weights())
        for variable in self._optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))
        self._optimizer.learning_rate = self._network.rate

    def run(self, steps: int) -> float:
        """Train."""
        history = self._model.fit(
            self._x,
            self._y,
            batch_size=self._network.batch,
            epochs=steps,
            shuffle=self._network.shuffle,
            verbose=0,
        )
        return float(history.history["loss"][-1])

    def weights(self) -> list[Array]:
        """Return the weights."""
        weights: list[Array] = self._model.get_weights()
        return weights
