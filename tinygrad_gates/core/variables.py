"""Values to differentiate a function by, made from its arguments."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import NotDifferentiableError


def variable(data: Any, name: str, *, on_graph: bool = True) -> Value:
    """Return a Value to differentiate by: a new leaf with a copy of the data.

    Of a Value that gradients flow to, the result is an operation on it (unless `on_graph` is
    off), so that it differs from what other variables are made of, and derivatives by it can be
    differentiated by the Value in turn.

    Raises NotDifferentiableError for integers, beginning with `name`.
    """
    if isinstance(data, Value):
        if data.requires_grad and on_graph:
            return data.copy()
        data = data.numpy()
    result = Value(data)
    if not result.requires_grad:
        raise NotDifferentiableError(
            f"{name} holds {result.dtype}, which is carried and never differentiated: "
            f"give floats, such as np.asarray(x, float)"
        )
    return result
