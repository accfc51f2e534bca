"""What NumPy's functions, and methods, do on the arrays of this package: filled from the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

UFUNCS: dict[np.ufunc, Callable[..., Any]] = {}
"""What `np.<ufunc>(value, ...)` calls."""

REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {}
"""What `np.<ufunc>.reduce(value, axis=...)` calls."""

FUNCTIONS: dict[Callable[..., Any], tuple[Callable[..., Any], frozenset[str] | None]] = {}
"""What any other `np.<function>(value, ...)` calls, and the options it takes (None: all)."""

METHODS: dict[str, Callable[..., Any]] = {}
"""What `value.<method>(...)` calls."""
