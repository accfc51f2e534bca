"""Timing contenders in turn within one run, so that the machine's moods cancel in the ratios."""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """How long one contender takes, measured in units of another.

    Attributes:
        seconds: the contender's median time of one call.
        reference_seconds: the reference's.
        median, low, high: the median and the quartiles of the ratios of neighbouring rounds.
    """

    seconds: float
    reference_seconds: float
    median: float
    low: float
    high: float


def ratio(
    contender: Callable[[], object], reference: Callable[[], object], rounds: int, calls: int = 1
) -> Ratio:
    """Time `calls` calls of each in turn, `rounds` times, and compare round by round."""
    for function in (contender, reference):
        elapsed(function, calls)
    pairs = [(elapsed(contender, calls), elapsed(reference, calls)) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    low, median, high = statistics.quantiles(ratios, n=4)
    return Ratio(
        seconds=statistics.median(a for a, _ in pairs),
        reference_seconds=statistics.median(b for _, b in pairs),
        median=median,
        low=low,
        high=high,
    )


def elapsed(function: Callable[[], object], calls: int) -> float:
    """Return the seconds of one call, averaged over `calls`."""
    gc.collect()  # so that nobody pays for the other's garbage
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) / calls


def command(
    name: str,
    about: str | None,
    measure: Callable[[bool], dict[str, Any]],
    table: Callable[[dict[str, Any]], str],
    arguments: list[str] | None = None,
) -> int:
    """Measure, print a table, and write the figures as JSON: what each benchmark's program does."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--json", type=Path, default=Path(f"benchmarks/results/{name}.json"))
    parser.add_argument("--quick", action="store_true", help="little work, to try it out")
    options = parser.parse_args(arguments)
    report = measure(options.quick)
    print(table(report))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0
