"""The benchmarks run, and contenders' results are compared before anything is timed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("name", "figure"), [("eager", "xor_step"), ("compiled", "xor_numpy")])
def test_benchmarks_print_and_write_their_figures(name: str, figure: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", "--quick", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "XOR step" in done.stdout
    report = json.loads(file.read_text("utf-8"))
    assert report[figure]["median"] > 0
