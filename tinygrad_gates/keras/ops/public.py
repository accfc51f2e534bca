"""Which names a module of functions gives to `keras.ops`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any


def functions_of(*modules: ModuleType) -> dict[str, Callable[..., Any]]:
    """Return the functions of modules by name: those defined there, and those of their tables."""
    found: dict[str, Callable[..., Any]] = {}
    for module in modules:
        found |= {
            name: item
            for name, item in vars(module).items()
            if not name.startswith("_") and getattr(item, "__module__", "") == module.__name__
        }
        found |= getattr(module, "FUNCTIONS", {})
    return found
