"""Momentum whose matrices are made orthogonal."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers import checks
from tinygrad_gates.keras.optimizers.checks import FINITE, FROM_0_BELOW_1, FROM_0_TO_1
from tinygrad_gates.keras.optimizers.moments import adam_change
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import CommonOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Muon(Optimizer):
    """Momentum, each matrix of it replaced by a nearly orthogonal one; AdamW for all else.

    m <- momentum m + g, then w <- w - lr rms_rate sqrt(max(rows, columns)) o, where o has the
    singular vectors of m (with Nesterov's momentum: of g + momentum m) and singular values near
    1, found by iterating x <- a x + (b y + c y**2) x with y = x x^T, from m over its norm
    (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; Liu et al.,
    "Muon is scalable for LLM training", 2025, for `rms_rate`).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        adam_beta_1: as `beta_1` of `Adam`, for what is no matrix or excluded.
        adam_beta_2: as `beta_2` of `Adam`.
        adam_weight_decay: as `weight_decay`, for what Adam's rule trains; None for none.
        epsilon: as of `Adam`.
        weight_decay: before each update, this share of a matrix times the learning rate is
            taken off it; None for none.
        exclude_layers: regular expressions; a matrix in whose path one is found goes by Adam's
            rule. It should find the layer of the outputs.
        exclude_embeddings: whether matrices with "embedding" in their path go by Adam's rule.
        muon_a: a.
        muon_b: b.
        muon_c: c.
        adam_lr_ratio: what lr is multiplied with for Adam's rule.
        momentum: how much of m each step keeps, from 0 to 1.
        ns_steps: how often to iterate.
        nesterov: whether to look ahead.
        rms_rate: scales changes to about the size of Adam's; None for plain o.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> w, g = np.ones((2, 2)), np.array([[0.0, 3.0], [2.0, 0.0]])
    >>> Muon(rms_rate=None).rule(w, g, (np.zeros((2, 2)),), 0.1, 1)[0].round(1)
    array([[1. , 0.9],
           [0.9, 1. ]])
    """

    examples: ClassVar = (
        example(learning_rate=0.02),
        example(learning_rate=0.02, nesterov=False, rms_rate=None, ns_steps=3, momentum=0.5),
        example(
            learning_rate=0.02,
            exclude_layers=["dense_1/", "output"],
            exclude_embeddings=False,
            adam_lr_ratio=0.5,
            adam_beta_1=0.7,
            adam_beta_2=0.9,
            adam_weight_decay=0.1,
            epsilon=1e-3,
            weight_decay=0.2,
        ),
        example(learning_rate=0.02, weight_decay=None, muon_a=2.0, muon_b=-1.5, muon_c=0.5),
        example(learning_rate=0.02, adam_weight_decay=None),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Unpack[CommonOptions],
    ) -> None:
        super().__init__(learning_rate, weight_decay, **options)
        self.adam_beta_1 = self.number("adam_beta_1", adam_beta_1, FROM_0_BELOW_1)
        self.adam_beta_2 = self.number("adam_beta_2", adam_beta_2, FROM_0_BELOW_1)
        self.adam_weight_decay = self.optional("adam_weight_decay", adam_weight_decay)
        self.epsilon = self.number("epsilon", epsilon)
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = self.number("muon_a", muon_a, FINITE)
        self.muon_b = self.number("muon_b", muon_b, FINITE)
        self.muon_c = self.number("muon_c", muon_c, FINITE)
        self.adam_lr_ratio = self.number("adam_lr_ratio", adam_lr_ratio)
        self.momentum = self.number("momentum", momentum, FROM_0_TO_1)
        self.ns_steps = checks.count(self, "ns_steps", ns_steps, 0) or 0
        self.nesterov = nesterov
        self.rms_rate = self.optional("rms_rate", rms_rate)

    def _goes_by_adam(self, parameter: Variable) -> bool:
        embeds = self.exclude_embeddings and "embedding" in parameter.path.lower()
        excluded = any(re.search(word, parameter.path) for word in self.exclude_layers)
        return len(parameter.shape) != 2 or embeds or excluded

    def _has_features(self) -> bool:
        return super()._has_features() or bool(self.adam_weight_decay)

    def decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of a parameter, by the rule that it goes by."""
        decay = self.adam_weight_decay if self._goes_by_adam(variable) else self.weight_decay
        return None if self.is_excluded(variable) else decay

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return m, and what else Adam's rule remembers."""
        adam = (Slot("velocity"),) if self._goes_by_adam(parameter) else ()
        return (Slot("momentum"), *adam)

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, m and the mean square of Adam's rule."""
        if len(slots) == 2:
            rate = learning_rate * self.adam_lr_ratio
            betas = self.adam_beta_1, self.adam_beta_2
            change, new = adam_change(gradient, slots, rate, step, *betas, self.epsilon)
            return parameter - change, new
        velocity = slots[0] * self.momentum + gradient
        ahead = gradient + self.momentum * velocity if self.nesterov else velocity
        change = learning_rate * self._orthogonal(ahead)
        if self.rms_rate is not None:
            change = change * (math.sqrt(max(parameter.shape)) * self.rms_rate)
        return parameter - change, (velocity,)

    def _orthogonal(self, matrix: Any) -> Any:
        is_high = matrix.shape[0] > matrix.shape[1]
        x = matrix.T if is_high else matrix
        x = x / (np.sqrt(np.sum(np.square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            y = x @ x.T
            x = self.muon_a * x + (self.muon_b * y + self.muon_c * (y @ y)) @ x
        return x.T if is_high else x
