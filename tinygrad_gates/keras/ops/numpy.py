"""`keras.ops.numpy`: NumPy's functions under Keras's names."""

from typing import Any

from tinygrad_gates.keras.ops import arrays, elementwise, picking, reduction
from tinygrad_gates.keras.ops.public import functions_of

FUNCTIONS = functions_of(arrays, elementwise, picking, reduction)

__all__ = sorted(FUNCTIONS)


def __getattr__(name: str) -> Any:
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
