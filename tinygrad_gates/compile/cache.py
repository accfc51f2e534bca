"""Compiling with Numba, once for all processes: machine code is kept on disk.

A source has a file of its own, named by its contents, in a directory that belongs to the user
alone, for each version of what makes machine code. Numba keeps the code beside it. The text that
is compiled is always the one that was generated now, never that of the file. Whatever is wrong
with the directory, code is then compiled and not kept.

Set the environment variable TINYGRAD_GATES_CACHE to a directory to keep it there, or to nothing,
or 0, to keep none.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import platform
import stat
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.compile.loading import function_of
from tinygrad_gates.files import write_bytes

FORMAT = "1"
"""To be changed where the same text is to be compiled in another way than before."""
MOST = 256
"""How many sources are kept; those written first go first."""


@lru_cache(MOST)
def compiled(source: str, name: str, others: tuple[str, ...] = ()) -> Callable[..., Any]:
    """Return the function of a name that some source defines, which Numba compiles when called.

    Args:
        source: of functions of arrays, which may use `np` and `math`. It has to be another text for
            arrays of other dtypes: each has one version of machine code.
        name: the function's.
        others: those of the functions that it calls.

    Raises:
        ImportError: if Numba is not installed.
    """
    import numba

    # Numba imports the module of a function again when it loads the code.
    names: dict[str, Any] = {"np": np, "math": math, "__name__": __name__}
    file = _file_of(source)
    function_of(source, name, names, None if file is None else str(file))
    for each in (*others, name):
        dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(names[each])
        if file is not None:
            with contextlib.suppress(Exception):  # such as: the directory is on a read-only disk
                dispatcher._cache = _kept(names[each])
        names[each] = dispatcher
    function: Callable[..., Any] = names[name]
    return function


def _kept(function: Callable[..., Any]) -> Any:
    """Return Numba's cache of a function, which may fail: then code is compiled, and not kept."""
    from numba.core import caching

    kinds: Any = caching
    cache = kinds.FunctionCache(function)
    if Path(cache.cache_path).parent != Path(function.__code__.co_filename).parent:
        raise OSError("Numba would keep it elsewhere")
    load, save = cache.load_overload, cache.save_overload

    def loaded(*arguments: Any) -> Any:
        try:
            return load(*arguments)
        except Exception:  # of any kind: the entry is damaged, and is to be written anew
            with contextlib.suppress(Exception):
                cache.flush()
            return None

    def saved(*arguments: Any) -> None:
        with contextlib.suppress(Exception):
            save(*arguments)

    cache.load_overload, cache.save_overload = loaded, saved
    return cache


def _file_of(source: str) -> Path | None:
    """Return the file of a source, which is written if it is missing; None if that cannot be."""
    text = source.encode()
    try:
        directory = _directory()
        if directory is None:
            return None
        file = directory / f"{hashlib.sha256(text).hexdigest()[:32]}.py"
        if not file.exists():
            _remove_oldest(directory)
            write_bytes(file, text)
    except (OSError, RuntimeError):  # as from a home that is none
        return None
    return file


def _directory() -> Path | None:
    """Return where code is kept; None if it is not to be, or if others may write there."""
    given = os.environ.get("TINYGRAD_GATES_CACHE")
    if given in ("", "0"):
        return None
    root = _usual_root() if given is None else Path(given)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory = root
    for part in ("tinygrad_gates", _versions()):
        directory = directory / part
        directory.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(directory):
            return None
    return directory


def _usual_root() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@lru_cache(1)
def _versions() -> str:
    parts = [FORMAT, platform.python_version(), platform.machine()]
    return "-".join([*parts, *map(version, ("numba", "llvmlite", "numpy"))])


def _is_private(directory: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True  # Windows: the user's own folder
    found = directory.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _remove_oldest(directory: Path) -> None:
    sources = sorted(directory.glob("*.py"), key=lambda file: file.stat().st_mtime)
    for source in sources[: max(0, len(sources) + 1 - MOST)]:
        for file in [*directory.glob(f"__pycache__/{source.stem}.*"), source]:
            file.unlink(missing_ok=True)
