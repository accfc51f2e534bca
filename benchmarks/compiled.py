"""Compiled functions beside NumPy by hand, eager Values and micrograd.

`python -m benchmarks.compiled [--json FILE]` prints a table, and writes the figures as JSON. Each
contender's result is compared with the reference's before its time is printed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

import tinygrad_gates as tf
from benchmarks.eager import (
    RATE,
    X,
    Y,
    compared,
    initial_weights,
    moons_and_network,
    moons_step,
    two_moons,
    xor_by_hand,
)
from benchmarks.sidebyside import Ratio, command
from tinygrad_gates import Value, jit, ops

Step = Callable[[], float]


def xor_compiled(backend: Any) -> Step:
    """Return a function that does a training step of the 2-32-1 network, compiled."""

    def loss(weights: Sequence[Any], x: Any, y: Any) -> Any:
        w1, b1, w2, b2 = weights
        return ops.mean_squared_error(ops.relu(x @ w1 + b1) @ w2 + b2, y)

    @jit(backend=backend)
    def step(weights: Sequence[Any], x: Any, y: Any) -> tuple[Any, list[Any]]:
        value, slopes = tf.value_and_grad(loss)(weights, x, y)
        return value, [w - RATE * slope for w, slope in zip(weights, slopes, strict=True)]

    weights: Any = initial_weights()

    def run() -> float:
        nonlocal weights
        value, weights = step(weights, X, Y)
        return float(value)

    return run


def two_moons_compiled() -> tuple[Step, float]:
    """Return micrograd's demo on scalar Values, compiled, and the seconds that this took."""
    labels, points, layers = moons_and_network(Value)

    @jit
    def step(points: Any, layers: Any) -> Any:
        return moons_step(labels, points, layers)

    start = time.perf_counter()
    step.program(points, layers)
    return lambda: float(step(points, layers)), time.perf_counter() - start


def measure(quick: bool) -> dict[str, Any]:
    """Return every figure."""
    scale = 10 if quick else 1
    report: dict[str, Any] = {}
    for backend in ["numpy", *(["numba"] if find_spec("numba") else [])]:
        contender = xor_compiled(backend)
        ratio = compared(contender, xor_by_hand(), 60 // scale, 1000 // scale)
        report[f"xor_{backend}"] = asdict(ratio)
    if not quick:
        moons, seconds = two_moons_compiled()
        report["two_moons"] = asdict(compared(moons, two_moons(Value), 9, 1))
        report["two_moons_compiling"] = {"seconds": seconds}
        if find_spec("micrograd"):
            import micrograd.engine

            beside = two_moons(micrograd.engine.Value)
            report["two_moons_micrograd"] = asdict(compared(two_moons_compiled()[0], beside, 5, 1))
    return report


NAMES = {
    "xor_numpy": ("XOR step by NumPy, beside NumPy by hand", 1e6, "us"),
    "xor_numba": ("XOR step by Numba, beside NumPy by hand", 1e6, "us"),
    "two_moons": ("two-moons step of single numbers, beside eager", 1e3, "ms"),
    "two_moons_micrograd": ("the same, beside micrograd", 1e3, "ms"),
}


def table(report: dict[str, Any]) -> str:
    """Return the figures as text."""
    lines = [f"{'work':<50}{'compiled':>12}{'beside':>12}{'ratio':>8}   quartiles"]
    for key, (name, unit, symbol) in NAMES.items():
        if key in report:
            r = Ratio(**report[key])
            ours = f"{r.seconds * unit:.2f} {symbol}"
            beside = f"{r.reference_seconds * unit:.2f} {symbol}"
            spread = f"{r.low:.3f}-{r.high:.3f}"
            lines.append(f"{name:<50}{ours:>12}{beside:>12}{r.median:>8.3f}   {spread}")
    if compiling := report.get("two_moons_compiling"):
        lines.append(f"{'compiling the two-moons step':<50}{compiling['seconds']:>10.1f} s")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(command("compiled", __doc__, measure, table))
