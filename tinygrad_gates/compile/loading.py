"""Making functions of generated code."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from typing import Any

_serial = count()


def function_of(
    source: str, name: str, names: dict[str, Any], file: str | None = None
) -> Callable[..., Any]:
    """Return the function of a name that some source defines; its lines stand in tracebacks.

    Args:
        source: the text of functions.
        name: of one of them.
        names: what the text may use; the functions are added.
        file: where the text lies, if it does.

    >>> function_of("def double(x): return 2 * x", "double", {})(3)
    6
    """
    file = file or f"<tinygrad_gates {name} {next(_serial)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    exec(compile(source, file, "exec"), names)
    function: Callable[..., Any] = names[name]
    return function
