"""One contender in a process of its own: what it costs to start, and how much memory it needs.

`python -m benchmarks.alone MODULE CONTENDER NETWORK STEPS [--memory]` trains, and prints JSON.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import subprocess
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.contenders.contender import UnavailableError, Yardstick
from benchmarks.networks import NETWORKS, XOR, Network

ROOT = Path(__file__).parents[1]
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")

KNOWS_PEAK = _CLEAR.exists()
"""Whether the system tells the most memory that a process had since some moment, as Linux does."""


def trained(
    module: str,
    contender: str,
    network: Network,
    steps: int,
    memory: bool = False,
    **environment: str,
) -> dict[str, Any]:
    """Train in a new process.

    Args:
        module: one of `contenders`.
        contender: its name there.
        network: what is trained.
        steps: for how many steps.
        memory: whether to measure it.
        **environment: variables for the process.

    Returns:
        the "loss" of the last step, and the "bytes" needed at most beyond what imports, and
        training another network, have taken; None if memory is not measured.

    Raises:
        UnavailableError: if there is no such contender here.
    """
    command = [sys.executable, "-m", "benchmarks.alone", module, contender, network.name]
    command += [str(steps), *(["--memory"] if memory else [])]
    variables = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        command, cwd=ROOT, env=variables | environment, capture_output=True, text=True
    )
    if done.returncode:
        raise UnavailableError(done.stderr.strip().rpartition("\n")[-1])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alone")
    for name in ("module", "contender", "network"):
        parser.add_argument(name)
    parser.add_argument("steps", type=int)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    module = import_module(f"benchmarks.contenders.{options.module}")
    for category in getattr(module, "ERRORS", ()):
        warnings.simplefilter("error", category)

    def make(network: Network) -> Yardstick:
        return module.contenders(network)[options.contender]()

    if options.memory:
        contender = make(XOR)
        contender.reset()
        contender.run(3)  # what loads late, or starts threads, has done so now
        _forget_peak()
        before = _peak()
    contender = make(NETWORKS[options.network])
    contender.reset()
    if options.memory:
        _forget_peak()  # what only prepares does not count
    loss = contender.run(options.steps)
    print(json.dumps({"loss": loss, "bytes": _peak() - before if options.memory else None}))


def _forget_peak() -> None:
    """Give free memory back, so that it counts when taken again, and let the peak begin here."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)
    _CLEAR.write_text("5")


def _peak() -> int:
    """Return the most bytes that the process had; `getrusage` counts those of its parent, too."""
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


if __name__ == "__main__":
    main()
