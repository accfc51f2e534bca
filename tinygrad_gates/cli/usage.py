"""Arguments that argparse alone cannot judge."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn


class UsageError(Exception):
    """An argument is wrong: one line says which, and what would do."""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line on standard error, and end with status 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def positive_int(text: str) -> int:
    """Return the whole number above 0 that a text spells; for argparse."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number above 0 is needed, not {text!r}")
    return number


def positive_float(text: str) -> float:
    """Return the finite number above 0 that a text spells; for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0 is needed, not {text!r}")
    return number


def writable(path: Path, suffixes: tuple[str, ...]) -> Path:
    """Return a path to write a picture to, if its suffix and folder will do.

    Raises `UsageError` otherwise: before any work is done, not after.
    """
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"{path}: the name has to end in {', '.join(suffixes)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    return path


def folder(path: Path) -> Path:
    """Return a folder to write to, made if there is none.

    Raises `UsageError` if it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise UsageError(f"{path}: no folder can be made there ({failure.strerror})") from None
    return path
