"""The eager engine: how its time and memory grow with the graph, and what importing costs."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial

from benchmarks.report import Goal, Report
from benchmarks.sidebyside import elapsed, in_turn
from tinygrad_gates import Value


def growth(quick: bool = False) -> list[Report]:
    """Compare a chain of many operations with a chain of few: time and memory of a node."""
    small, large = 1_000, 20_000 if quick else 1_000_000
    sizes = {f"{small:,} operations": (small, 100), f"{large:,} operations": (large, 1)}
    few, many = sizes
    goals = (Goal(many, 1.3, few),)
    measures = {"time": (_seconds, 3), "memory": (_bytes, 1)}  # bytes are the same each time
    return [
        Report(
            f"Chain of operations, forward, backward and freed: {name} of a node",
            "s" if name == "time" else "B",
            in_turn({chain: partial(measure, *sizes[chain]) for chain in sizes}, rounds),
            yardstick=few,
            goals=goals,
        )
        for name, (measure, rounds) in measures.items()
    ]


def _chain(size: int) -> Value:
    x, w = Value(0.5), Value(0.5)
    y = x
    for _ in range(size // 2):
        y = y * w + x
    y.backward()
    return y


def _seconds(size: int, repeats: int) -> float:
    def run() -> None:
        for _ in range(repeats):
            _chain(size)

    return elapsed(run) / (size * repeats)


def _bytes(size: int, repeats: int) -> float:
    gc.collect()
    tracemalloc.start()
    kept = _chain(size)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return held / size


def importing(quick: bool = False) -> list[Report]:
    """Compare importing this package with importing NumPy, bytecode kept."""
    measures = {name: partial(elapsed, _importing(name)) for name in ("tinygrad_gates", "numpy")}
    for measure in measures.values():
        measure()
    goals = (Goal("tinygrad_gates", 1.25, "numpy"),)
    samples = in_turn(measures, rounds=4 if quick else 40)
    return [Report("Starting Python and importing", "s", samples, "numpy", goals)]


def _importing(package: str) -> Callable[[], object]:
    kept = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", f"import {package}"]
    return lambda: subprocess.run(command, check=True, env=kept)
