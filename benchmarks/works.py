"""The works: what is compared with what, and how good it is to be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks import engine, moons, processes
from benchmarks.contenders import contenders, ours
from benchmarks.contenders.by_hand import HAND, PRODUCTS, ByHand
from benchmarks.contenders.in_c import C
from benchmarks.networks import NETWORKS, XOR, Network
from benchmarks.report import Goal, Report
from benchmarks.sidebyside import elapsed
from benchmarks.training import Plan, Reference, compared

SCAN = "JAX, lax.scan over all steps"

_RULES = {"sgd": "SGD", "adam": "Adam"}

QUICK = Plan(rounds=2, seconds=0.002, most_steps=1000)

XOR_GOALS = (
    Goal(ours.FIT_LOOPS, 0.5, SCAN),
    Goal(ours.FIT_LOOPS, 2.0, C),
    Goal(ours.FIT_NUMPY, 1.0, HAND),
    Goal(ours.STEP_EAGER, 2.0, HAND),
    Goal(ours.FIT_EAGER, 2.0, ours.STEP_EAGER),
    Goal(ours.FIT_ACCURACY, 2.0, ours.STEP_EAGER),
)


def xor(quick: bool = False) -> list[Report]:
    """Time an epoch of the article's network."""
    title = "XOR network 2-32-1, SGD, full batch: an epoch, in a run of many"
    plan = QUICK if quick else Plan(trial=100)
    return [_network(title, XOR, plan, HAND, XOR_GOALS)]


def mlp(name: str, most: float, quick: bool = False) -> list[Report]:
    """Time a step of a network whose matrix products take nearly all of it."""
    network = NETWORKS[name]
    sizes = "-".join(map(str, network.sizes))
    title = f"MLP {sizes}, batch {network.batch}, {_RULES[network.optimizer]}: a step"
    goals = tuple(Goal(x, most, PRODUCTS) for x in (ours.FIT_LOOPS, ours.STEP_LOOPS))
    plan = QUICK if quick else Plan(seconds=0.1)
    return [_network(title, network, plan, PRODUCTS, goals)]


def _network(
    title: str, network: Network, plan: Plan, yardstick: str, goals: tuple[Goal, ...]
) -> Report:
    makers, left_out = contenders(network)
    reference = Reference(partial(ByHand, network, np.float64))
    return compared(title, makers, reference, plan, yardstick, goals, left_out)


def two_moons(quick: bool = False) -> list[Report]:
    """Time micrograd's demo, and compiling its step."""
    demo = moons.Moons(10) if quick else moons.Moons()
    reference = Reference(partial(moons.MoonsReference, demo))
    plan = Plan(rounds=2 if quick else 5, trial=3)
    title = f"micrograd's two moons, {demo.count} points, on single numbers: a step"
    goals = (Goal(moons.JIT, 0.01, moons.MICROGRAD), Goal(moons.EAGER, 0.33, moons.MICROGRAD))
    steps = compared(title, moons.contenders(demo), reference, plan, moons.MICROGRAD, goals)
    return [steps, _compiling(demo)]


def _compiling(demo: moons.Moons) -> Report:
    """Time the first call of the compiled step, which compiles it."""
    numbers = moons.contenders(demo)[moons.JIT]()
    samples = {moons.JIT: [elapsed(partial(numbers.run, 1))]}
    goals = (Goal(moons.JIT, 10.0),)
    return Report("The same: the first call, which compiles", "s", samples, moons.JIT, goals)


WORKS: dict[str, Callable[[bool], list[Report]]] = {
    "xor": xor,
    "mlp-sgd": partial(mlp, "mlp-sgd", 1.05),
    "mlp-adam": partial(mlp, "mlp-adam", 1.2),
    "mlp-large": partial(mlp, "mlp-large", 1.12),
    "two-moons": two_moons,
    "starting": processes.starting,
    "memory": processes.memory,
    "importing": engine.importing,
    "growth": engine.growth,
}
"""By the name that a command line gives it; takes whether to do little, to try it out."""
