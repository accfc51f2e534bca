"""What a process needs from its start to trained weights: the time, and the memory."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.alone import KNOWS_PEAK, trained
from benchmarks.contenders import ours
from benchmarks.contenders.by_hand import ByHand
from benchmarks.contenders.contender import UnavailableError
from benchmarks.networks import NETWORKS, XOR, Network
from benchmarks.report import Goal, Report
from benchmarks.sidebyside import Samples, elapsed, in_turn
from benchmarks.training import DisagreementError

CACHE = "TINYGRAD_GATES_CACHE"
"""The environment variable that names the folder of compiled code."""


class Place(NamedTuple):
    """Where a contender is found: its module, and its name there."""

    module: str
    name: str


OTHERS = {
    "PyTorch": Place("with_torch", "PyTorch"),
    "PyTorch, fused optimizer": Place("with_torch", "PyTorch, fused optimizer"),
    "JAX, jit of a step": Place("with_jax", "JAX, jit of a step"),
    "JAX, lax.scan over all steps": Place("with_jax", "JAX, lax.scan over all steps"),
}

FIRST, LATER = f"{ours.FIT_LOOPS}, first", f"{ours.FIT_LOOPS}, later, from the cache"


def starting(quick: bool = False) -> list[Report]:
    """Time whole processes that import, compile and train for the article's 500 epochs."""
    epochs = 500
    loops = Place("ours", ours.FIT_LOOPS)
    with tempfile.TemporaryDirectory() as folder:
        measures = {
            FIRST: partial(_seconds_uncached, loops, epochs),
            LATER: partial(_seconds, loops, epochs, Path(folder)),
            ours.FIT_NUMPY: partial(_seconds, Place("ours", ours.FIT_NUMPY), epochs, Path(folder)),
        }
        for name, place in OTHERS.items():
            if "fused" in name:  # of the same package, and starts as the other does
                continue
            measures[name] = partial(_seconds, place, epochs, Path(folder))
        samples, left_out = _measured(measures, rounds=2 if quick else 5)
    goals = (Goal(FIRST, 4.0), Goal(LATER, 1.5))
    title = f"XOR network, {epochs} epochs: a process with its imports and compilation"
    return [Report(title, "s", samples, LATER, goals, left_out)]


def _seconds(place: Place, steps: int, cache: Path) -> float:
    return elapsed(partial(_checked, place, XOR, steps, cache))


def _seconds_uncached(place: Place, steps: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _seconds(place, steps, Path(folder))


def memory(quick: bool = False) -> list[Report]:
    """Measure the most memory that training needs beyond imports, by a process's own account."""
    rounds = 1 if quick else 2
    return [_memory_of(NETWORKS[name], rounds) for name in ("mlp-sgd", "mlp-adam", "mlp-large")]


def _memory_of(network: Network, rounds: int) -> Report:
    names = (ours.FIT_LOOPS, ours.FIT_NUMPY, ours.STEP_LOOPS)
    places = {name: Place("ours", name) for name in names} | OTHERS
    samples: Samples = {}
    left_out = dict.fromkeys(places, "only Linux tells the peak of memory")
    if KNOWS_PEAK:
        with tempfile.TemporaryDirectory() as folder:
            measures = {
                name: partial(_bytes, place, network, Path(folder))
                for name, place in places.items()
            }
            samples, left_out = _measured(measures, rounds)
    goals = tuple(
        Goal(name, 1.0, other)
        for name in (ours.FIT_LOOPS, ours.STEP_LOOPS)
        for other in ("PyTorch", "PyTorch, fused optimizer")
    )
    title = f"Peak memory of training {network.name}, beyond imports"
    return Report(title, "B", samples, "PyTorch", goals, left_out)


def _bytes(place: Place, network: Network, cache: Path) -> float:
    return _checked(place, network, 3, cache, memory=True)


def _measured(
    measures: Mapping[str, Callable[[], float]], rounds: int
) -> tuple[Samples, dict[str, str]]:
    """Let each do it once for the cache, and leave out those that cannot."""
    found, left_out = {}, {}
    for name, measure in measures.items():
        try:
            measure()
        except UnavailableError as reason:
            left_out[name] = str(reason)
        else:
            found[name] = measure
    return in_turn(found, rounds), left_out


def _checked(
    place: Place, network: Network, steps: int, cache: Path, memory: bool = False
) -> float:
    """Train in a new process, compare the loss with the reference's, and return the memory."""
    found = trained(*place, network, steps, memory, **{CACHE: str(cache)})
    expected = ByHand(network, np.float64).run(steps)
    if not math.isclose(found["loss"], expected, rel_tol=1e-3):
        raise DisagreementError(f"{place.name}: its loss is {found['loss']}, not {expected}")
    return float(found["bytes"] or 0)
