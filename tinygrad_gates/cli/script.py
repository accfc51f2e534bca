"""`tinygrad-gates run SCRIPT.py`: a Keras script, unchanged."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.stand_in import as_keras


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command to the parser of the whole."""
    command = commands.add_parser(
        "run",
        help="run a Keras script as it is",
        description="Run a Python script in which keras, and tf.keras, mean this package.",
    )
    command.add_argument("script", type=Path, metavar="SCRIPT.py", help="the script")
    command.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the script as Python would, with keras standing for this package."""
    script: Path = options.script
    if not script.is_file():
        raise UsageError(f"{script}: there is no such file")
    as_keras()
    sys.argv = [str(script), *options.arguments]
    sys.path.insert(0, str(script.resolve().parent))
    runpy.run_path(str(script), run_name="__main__")
    return 0
