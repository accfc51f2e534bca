"""The programs on a page of Markdown: its blocks of Python, one after the other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "\x1e"
GENERATED = {"speed.svg"}
"""What is beside pages without being theirs."""


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return each block of Python on a page, with the block of text after it: its output."""
    found = BLOCK.findall(page.read_text("utf-8"))
    pairs = zip(found, [*found[1:], ("", "")], strict=False)
    return [
        (text, after if kind == "text" else "")
        for (language, text), (kind, after) in pairs
        if language == "python"
    ]


def run(page: Path, folder: Path) -> list[str]:
    """Run a page's blocks as one program in a folder, and return what each of them prints.

    Raises `RuntimeError` with what the program said if it fails or warns.
    """
    program = f"\nprint({MARK!r}, end='', flush=True)\n".join(text for text, _ in blocks(page))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode or done.stderr:
        raise RuntimeError(f"{page}: {done.stdout}{done.stderr}")
    return done.stdout.split(MARK)


def pictures(page: Path) -> set[str]:
    """Return the names of the files beside a page that it shows, and its programs save."""
    text = page.read_text("utf-8")
    linked = re.findall(r"\]\(([\w-]+\.(?:svg|png|gif|html))\)", text)
    framed = re.findall(r'src="([\w-]+\.html)"', text)
    return {*linked, *framed} - GENERATED
