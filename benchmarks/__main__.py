"""Compare with whichever peers are installed: `python -m benchmarks [WORK ...]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.report import Report
from benchmarks.works import WORKS

ABOUT = """Measure this package beside other frameworks, in turn within one run, and print ratios.
Each contender's result is compared with a reference in NumPy's float64 before its time is
printed; a contender that disagrees is an error. What is not installed is left out; KERAS_BACKEND
chooses what Keras 3 runs on."""


def main(arguments: list[str] | None = None) -> int:
    """Run works, print what they found, and write it as JSON and as a picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=ABOUT)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"{', '.join(WORKS)}; or all")
    parser.add_argument("--json", type=Path, help="write the figures of every round to this file")
    parser.add_argument("--chart", type=Path, help="draw the times to this file (extra `plot`)")
    parser.add_argument("--quick", action="store_true", help="little work, to try it out")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.works if name not in WORKS]
    if unknown:
        parser.error(f"there is no work {unknown[0]!r}; there are {', '.join(WORKS)}")
    found: dict[str, list[Report]] = {}
    for name in options.works or WORKS:
        found[name] = WORKS[name](options.quick)
        for report in found[name]:
            print(report, end="\n\n", flush=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        data = {name: [report.data() for report in reports] for name, reports in found.items()}
        options.json.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
    if options.chart:
        from benchmarks.chart import draw

        draw([report for reports in found.values() for report in reports], options.chart)
    return 0


if __name__ == "__main__":
    sys.exit(main())
