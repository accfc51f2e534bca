"""Functions of plain data, without a gradient: comparisons, shapes, the places of extrema."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Literal

from tinygrad_gates import modes
from tinygrad_gates.core.value import Value

Kind = Literal["shape", "array", "numbers"]


def raw(operand: Any) -> Any:
    """Return the data of a Value, or of Values in lists and tuples; anything else as it is."""
    if isinstance(operand, Value):
        return operand._numbers()
    if isinstance(operand, (list, tuple)):
        return type(operand)(raw(item) for item in operand)
    return operand


class PlainFunction:
    """A NumPy function that answers on the data of Values.

    Attributes:
        forward: the function.
        name: its name.
        kind: what the answer follows from, for the compiler: "shape", shapes and dtypes alone;
            "array", the numbers, and it is an array of a shape known beforehand; "numbers", its
            shape depends on them too, or it is no array.
        scalar: of an elementwise one, its expression for one element.
    """

    def __init__(
        self, forward: Callable[..., Any], kind: Kind = "numbers", scalar: str | None = None
    ) -> None:
        self.forward = forward
        self.name: str = forward.__name__
        self.kind = kind
        self.scalar = scalar

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function on the data of Values among the arguments."""
        plain = [raw(x) for x in args]
        options = {name: raw(x) for name, x in kwargs.items()}
        if modes.active and (tracer := modes.tracer()) is not None:
            return tracer.call(self, plain, options)
        return self.forward(*plain, **options)

    def __repr__(self) -> str:
        return f"<function of plain data {self.name}>"


def at_run_time(function: Callable[..., Any]) -> Any:
    """Decorate a function of arrays that returns one, and needs their numbers.

    A compiled program calls it when it runs: to check numbers, or for what only NumPy can do.
    """
    return update_wrapper(PlainFunction(function, "array"), function)
