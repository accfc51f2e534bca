"""Making functions of generated code."""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

_serial = count()


def function_of(source: str, name: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of a name that some source defines; its lines stand in tracebacks.

    >>> function_of("def double(x): return 2 * x", "double", {})(3)
    6
    """
    file = f"<tinygrad_gates {name} {next(_serial)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    exec(compile(source, file, "exec"), names)
    function: Callable[..., Any] = names[name]
    return function


def compiled(source: str, name: str) -> Callable[..., Any]:
    """Return the function of a name that some source defines, which Numba compiles when called."""
    import numba

    function = function_of(source, name, {"np": np, "math": math})
    made: Callable[..., Any] = numba.njit(nogil=True, error_model="numpy")(function)
    return made
