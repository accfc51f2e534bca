"""Contenders checked against the reference, then timed."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from benchmarks.contenders.contender import Contender, Makers, UnavailableError, Yardstick
from benchmarks.networks import Array
from benchmarks.report import Goal, Report
from benchmarks.sidebyside import elapsed, in_turn
from tinygrad_gates.errors import CompileWarning


class DisagreementError(Exception):
    """A contender computes something else than the reference."""


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        rounds: how often each contender takes its turn.
        seconds: about how long a turn is.
        most_steps: the most steps of a turn, for contenders that are very quick.
        trial: the steps after which all must agree closely, before anything is timed.
    """

    rounds: int = 15
    seconds: float = 0.05
    most_steps: int = 50_000
    trial: int = 10


class Reference:
    """What contenders are to agree with."""

    def __init__(self, make: Callable[[], Contender]) -> None:
        self._contender = make()
        self._contender.reset()
        self._start = [w.copy() for w in self._contender.weights()]
        self._at: Callable[[int], tuple[float, list[Array]]] = cache(self._run)

    def _run(self, steps: int) -> tuple[float, list[Array]]:
        self._contender.reset()
        loss = self._contender.run(steps)
        return loss, [w.copy() for w in self._contender.weights()]

    def check(
        self, name: str, contender: Contender, loss: float, steps: int, near: float = 0.05
    ) -> None:
        """Compare the loss of the last of so many steps, and the weights after it.

        Weights may be off by a small part, `near`, of the way that training has moved them: where
        a gradient is hardly more than rounding, Adam moves them one way or the other.

        Raises `DisagreementError` if they differ.
        """
        expected, weights = self._at(steps)
        if not math.isclose(loss, expected, rel_tol=1e-3, abs_tol=1e-9):
            raise DisagreementError(
                f"{name}: after {steps} steps its loss is {loss}, and the reference's {expected}"
            )
        found = contender.weights()
        off = _distance(found, weights) / _distance(self._start, weights)
        if not off <= near:
            raise DisagreementError(
                f"{name}: after {steps} steps its weights are off by {off:.2g} of their way"
            )


def _distance(weights: list[Array], others: list[Array]) -> float:
    differences = [np.ravel(a - b) for a, b in zip(weights, others, strict=True)]
    return float(np.linalg.norm(np.concatenate(differences).astype(float)))


def compared(
    title: str,
    makers: Makers,
    reference: Reference,
    plan: Plan,
    yardstick: str,
    goals: tuple[Goal, ...] = (),
    left_out: dict[str, str] | None = None,
) -> Report:
    """Make the contenders, check that each agrees with the reference, and time a step of each.

    Raises `DisagreementError` if one does not, then or after any turn.
    """
    measures, left_out = {}, dict(left_out or {})
    for name, make in makers.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", CompileWarning)
                measures[name] = _prepared(name, make(), reference, plan)
        except (UnavailableError, CompileWarning) as reason:
            left_out[name] = str(reason)
    return Report(title, "s", in_turn(measures, plan.rounds), yardstick, goals, left_out)


def _prepared(
    name: str, contender: Yardstick, reference: Reference, plan: Plan
) -> Callable[[], float]:
    """Let a contender compile whatever it compiles; return what times a step of it."""
    contender.reset()
    loss = contender.run(plan.trial)
    if isinstance(contender, Contender):
        reference.check(name, contender, loss, plan.trial, near=2e-3)
    steps, turn = 1, partial(_turn, name, contender, reference)
    while (seconds := min(turn(steps), turn(steps)) * steps) < plan.seconds / 2:
        if steps == plan.most_steps:
            break
        factor = next((f for f in (2, 5) if f * seconds > plan.seconds / 2), 10)
        steps = min(factor * steps, plan.most_steps)
    return partial(turn, steps)


def _turn(name: str, contender: Yardstick, reference: Reference, steps: int) -> float:
    """Return the seconds of a step, from a fresh start."""
    contender.reset()
    loss = math.nan

    def run() -> None:
        nonlocal loss
        loss = contender.run(steps)

    seconds = elapsed(run)
    if isinstance(contender, Contender):
        reference.check(name, contender, loss, steps)
    return seconds / steps
