"""The engine: a Value, a row of the table of primitives, and the reverse sweep."""

from tinygrad_gates.core.backward import gradients
from tinygrad_gates.core.primitive import REGISTRY, Primitive, apply, example, primitive
from tinygrad_gates.core.scopes import name_scope
from tinygrad_gates.core.value import Value

__all__ = [
    "REGISTRY",
    "Primitive",
    "Value",
    "apply",
    "example",
    "gradients",
    "name_scope",
    "primitive",
]
