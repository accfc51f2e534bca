"""The eager engine beside NumPy by hand and micrograd, and `fit` beside the engine.

Also how time and memory grow with the size of the graph, and what importing costs.

`python -m benchmarks.eager [--json FILE]` prints a table, and writes the figures as JSON. Each
contender's result is compared with the reference's before its time is printed.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.sidebyside import Ratio, command, ratio
from tinygrad_gates import Value, gradients, keras, ops

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)
RATE = np.float32(0.01)


def initial_weights() -> list[np.ndarray[Any, Any]]:
    """Return the same float32 weights of the 2-32-1 network each time."""
    rng = np.random.default_rng(0)
    shapes = ((2, 32), (32,), (32, 1), (1,))
    return [rng.uniform(-0.4, 0.4, shape).astype(np.float32) for shape in shapes]


def xor_by_hand() -> Callable[[], float]:
    """Return a function that does one training step written out in NumPy."""
    w1, b1, w2, b2 = initial_weights()

    def step() -> float:
        nonlocal w1, b1, w2, b2
        z = X @ w1 + b1
        h = np.maximum(z, 0)
        error = h @ w2 + b2 - Y
        loss = np.mean(error * error)
        g = error * (2 / error.size)
        gz = (g @ w2.T) * (z > 0)
        w2 = w2 - RATE * (h.T @ g)
        b2 = b2 - RATE * g.sum(axis=0)
        w1 = w1 - RATE * (X.T @ gz)
        b1 = b1 - RATE * gz.sum(axis=0)
        return float(loss)

    return step


def xor_by_values() -> Callable[[], float]:
    """Return a function that does the same step on Values."""
    parameters = w1, b1, w2, b2 = [Value(w) for w in initial_weights()]
    x, y = Value(X, requires_grad=False), Value(Y, requires_grad=False)

    def step() -> float:
        hidden = (x @ w1 + b1).relu()
        loss = ops.mean_squared_error(hidden @ w2 + b2, y)
        for parameter, gradient in zip(parameters, gradients(loss, parameters), strict=True):
            parameter.assign_sub(RATE * gradient)
        return float(loss)

    return step


def xor_by_fit(metrics: list[str], epochs: int) -> Callable[[], float]:
    """Return a function that does so many of these steps in one call of `fit`."""
    layers = [keras.layers.Dense(32, activation="relu", input_shape=(2,)), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(optimizer="sgd", loss="mse", metrics=metrics)
    model.set_weights(initial_weights())

    def steps() -> float:
        return model.fit(X, Y, epochs=epochs, verbose=0).history["loss"][-1]

    return steps


def repeated(step: Callable[[], float], times: int) -> Callable[[], float]:
    """Return a function that does a step so many times."""

    def steps() -> float:
        for _ in range(times):
            loss = step()
        return loss

    return steps


def importing(package: str) -> Callable[[], float]:
    """Return a function that starts Python and imports a package, whose bytecode is kept."""
    kept = {name: item for name, item in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> float:
        subprocess.run([sys.executable, "-c", f"import {package}"], check=True, env=kept)
        return 0.0

    return run


def moons_and_network(value: Any) -> tuple[list[int], list[list[float]], Any]:
    """Return labels, points and layers of micrograd's demo, the weights made with a Value class."""
    source = random.Random(1337)
    rng = np.random.default_rng(1337)
    angle = rng.uniform(0, np.pi, 100)
    labels = [int(i % 2 * 2 - 1) for i in range(100)]
    upper, lower = [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]
    points = np.where(np.array(labels) > 0, upper, lower).T.tolist()
    layers = [
        [([value(source.uniform(-1, 1)) for _ in range(inputs)], value(0.0)) for _ in range(units)]
        for inputs, units in pairwise([2, 16, 16, 1])
    ]
    return labels, points, layers


def moons_step(labels: list[int], points: Any, layers: Any) -> Any:
    """Do one training step of micrograd's demo, and return the loss."""
    parameters = [p for layer in layers for weights, bias in layer for p in (*weights, bias)]

    def score(v: Any) -> Any:
        for layer in layers:
            sums = [sum((w * x for w, x in zip(ws, v, strict=True)), b) for ws, b in layer]
            v = sums if len(sums) == 1 else [s.relu() for s in sums]
        return v[0]

    scores = [score(point) for point in points]
    losses = [(1 + -label * s).relu() for label, s in zip(labels, scores, strict=True)]
    total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
    for p in parameters:
        p.grad = 0
    total.backward()
    for p in parameters:
        p.data -= 0.1 * p.grad
    return total.data


def two_moons(value: Any) -> Callable[[], float]:
    """Return a function that does one training step of micrograd's demo with a Value class."""
    labels, points, layers = moons_and_network(value)

    def step() -> float:
        return float(moons_step(labels, [[value(x) for x in point] for point in points], layers))

    return step


def growth(size: int, repeats: int) -> dict[str, float]:
    """Return the microseconds and the bytes of a node in a chain of `size` operations."""

    def chain() -> Value:
        y = x
        for _ in range(size // 2):
            y = y * w + x
        return y

    x, w = Value(0.5), Value(0.5)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        y = chain()
        y.backward()
        del y
        times.append(time.perf_counter() - start)
    gc.collect()
    tracemalloc.start()
    y = chain()
    y.backward()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"microseconds": min(times) / size * 1e6, "bytes": held / size}


def compared(
    contender: Callable[[], float], reference: Callable[[], float], rounds: int, calls: int
) -> Ratio:
    """Check that both learn the same, then time them."""
    for step in range(3):
        ours, theirs = contender(), reference()
        if not np.isclose(ours, theirs, rtol=1e-5):
            raise SystemExit(f"step {step}: losses disagree, {ours} and {theirs}: nothing timed")
    return ratio(contender, reference, rounds, calls)


def measure(quick: bool) -> dict[str, Any]:
    """Return every figure."""
    scale = 10 if quick else 1
    report: dict[str, Any] = {
        "xor_step": asdict(compared(xor_by_values(), xor_by_hand(), 60 // scale, 1000 // scale))
    }
    for name, metrics in (("fit", []), ("fit_accuracy", ["acc"])):
        fit, bare = xor_by_fit(metrics, 1000 // scale), repeated(xor_by_values(), 1000 // scale)
        report[name] = asdict(compared(fit, bare, 20 // scale + 2, 1))
    ours, numpy = importing("tinygrad_gates"), importing("numpy")
    report["import"] = asdict(compared(ours, numpy, 40 // scale, 1))
    if find_spec("micrograd"):
        import micrograd.engine

        ours, theirs = two_moons(Value), two_moons(micrograd.engine.Value)
        report["two_moons_step"] = asdict(compared(ours, theirs, max(9 // scale, 2), 1))
    small, large = growth(1_000, 200), growth(1_000_000 // scale, 3)
    report["growth"] = {
        "small": small,
        "large": large,
        **{name: large[name] / small[name] for name in small},
    }
    return report


def table(report: dict[str, Any]) -> str:
    """Return the figures as text."""
    lines = [f"{'work':<44}{'ours':>12}{'beside':>12}{'ratio':>8}   quartiles   goal"]
    names = {
        "xor_step": ("XOR step, beside NumPy by hand", 1e6, "us", "<= 2.0"),
        "fit": ("epochs of fit, beside the bare steps", 1e3, "ms", "<= 2.0"),
        "fit_accuracy": ("the same with the accuracy", 1e3, "ms", "<= 2.0"),
        "import": ("import, beside NumPy's", 1e3, "ms", "<= 1.25"),
        "two_moons_step": ("two-moons step, beside micrograd", 1e3, "ms", "<= 0.33"),
    }
    for key, (name, unit, symbol, goal) in names.items():
        if key in report:
            r = Ratio(**report[key])
            ours, beside = (
                f"{r.seconds * unit:.1f} {symbol}",
                f"{r.reference_seconds * unit:.1f} {symbol}",
            )
            lines.append(
                f"{name:<44}{ours:>12}{beside:>12}{r.median:>8.2f}"
                f"   {r.low:.2f}-{r.high:.2f}   {goal}"
            )
    g = report["growth"]
    for key, symbol in (("microseconds", "us"), ("bytes", "B")):
        ours, beside = (f"{g[size][key]:.2f} {symbol}" for size in ("large", "small"))
        name = f"{key} a node, long chain beside 1,000"
        lines.append(f"{name:<44}{ours:>12}{beside:>12}{g[key]:>8.2f}               <= 1.3")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(command("eager", __doc__, measure, table))
