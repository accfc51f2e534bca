"""PyTorch: eager, with its optimizers as they are by default and fused."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import torch

from benchmarks.contenders.contender import Contender, Makers
from benchmarks.networks import BETA_1, BETA_2, EPSILON, Array, Network

EAGER, FUSED = "PyTorch", "PyTorch, fused optimizer"


def contenders(network: Network) -> Makers:
    """Return what PyTorch does."""
    return {EAGER: partial(Torch, network, None), FUSED: partial(Torch, network, True)}


class Torch(Contender):
    """The usual loop over a Sequential."""

    def __init__(self, network: Network, fused: bool | None) -> None:
        self._network, self._fused = network, fused
        x, y = network.data()
        self._x, self._y = torch.from_numpy(x), torch.from_numpy(y)
        if network.loss == "mse":
            self._loss = torch.nn.MSELoss()
        else:
            self._loss, self._y = torch.nn.CrossEntropyLoss(), self._y.argmax(1)
        layers: list[torch.nn.Module] = []
        for inputs, units in pairwise(network.sizes):
            layers += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
        self._model = torch.nn.Sequential(*layers[:-1])
        self.reset()

    def reset(self) -> None:
        """Take the initial weights, and a fresh optimizer."""
        parameters = list(self._model.parameters())
        with torch.no_grad():
            for parameter, w in zip(parameters, self._network.weights(), strict=True):
                parameter.copy_(torch.from_numpy(w.T))
        rate, fused = self._network.rate, self._fused
        if self._network.optimizer == "sgd":
            self._optimizer = torch.optim.SGD(parameters, rate, fused=fused)
        else:
            betas = BETA_1, BETA_2
            self._optimizer = torch.optim.Adam(parameters, rate, betas, EPSILON, fused=fused)

    def run(self, steps: int) -> float:
        """Train."""
        for _ in range(steps):
            self._optimizer.zero_grad()
            loss = self._loss(self._model(self._x), self._y)
            loss.backward()
            self._optimizer.step()
        return loss.item()

    def weights(self) -> list[Array]:
        """Return the weights."""
        return [parameter.detach().numpy().T for parameter in self._model.parameters()]
