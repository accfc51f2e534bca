"""Make the README's pictures: run its programs in the folder that it shows them from.

python docs/pictures.py
"""

from __future__ import annotations

import contextlib
import re
import runpy
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run each Python block of the README in `docs/pictures`."""
    readme = (ROOT / "README.md").read_text("utf-8")
    with contextlib.chdir(ROOT / "docs" / "pictures"), tempfile.TemporaryDirectory() as folder:
        for block in re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL):
            program = Path(folder) / "readme.py"
            program.write_text(block, "utf-8")
            runpy.run_path(str(program))


if __name__ == "__main__":
    main()
