"""`keras.ops.nn`: functions of networks under Keras's names."""

from typing import Any

from tinygrad_gates.keras.ops import images, networks
from tinygrad_gates.keras.ops.public import functions_of

FUNCTIONS = functions_of(networks, images)

__all__ = sorted(FUNCTIONS)


def __getattr__(name: str) -> Any:
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
