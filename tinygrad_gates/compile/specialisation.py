"""A function compiled for arguments of certain shapes and dtypes, and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from keyword import iskeyword
from operator import or_
from typing import Any

import numpy as np

from tinygrad_gates import modes, trees
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.emit_numpy import NumpyCode
from tinygrad_gates.compile.lower import Leaf, Lowered, lower
from tinygrad_gates.compile.passes import simplified
from tinygrad_gates.compile.program import Program
from tinygrad_gates.compile.scalars import by_levels
from tinygrad_gates.core import Value
from tinygrad_gates.core.backward import pull
from tinygrad_gates.core.primitive import Primitive, node
from tinygrad_gates.errors import NotDifferentiableError

Emitter = Callable[[Program, str], NumbaCode | NumpyCode]


class Compiled:
    """A lowered program, simplified and ready to run.

    Attributes:
        program: the simplified program.
        code: what runs.
    """

    def __init__(self, lowered: Lowered, emit: Emitter, name: str) -> None:
        self.lowered = lowered
        self.program = by_levels(simplified(lowered.program))
        self.code = emit(self.program, name)

    def run(self, leaves: Sequence[Any]) -> tuple[Any, ...]:
        """Return the program's outputs for the leaves of some arguments."""
        return self.code(*self.lowered.inputs(leaves))


class Specialisation(Compiled):
    """What runs for arguments of certain shapes and dtypes.

    Args:
        function: what is compiled.
        emit: makes of a program what runs.
        args: the arguments.
        kwargs: likewise.
        integers: whether integers of Python among them are data.

    Raises:
        TraceError: if the function cannot be compiled.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        emit: Emitter,
        args: Any,
        kwargs: Any,
        integers: bool = True,
    ) -> None:
        self._function = function
        self._emit = emit
        self._integers = integers
        self._name = _identifier(function)
        super().__init__(lower(function, args, kwargs, integers), emit, self._name)
        self._rows: dict[int, Primitive] = {}

    def __call__(self, args: Any, kwargs: Any, leaves: Sequence[Any]) -> Any:
        """Return the function's result for arguments, of which the leaves are given too."""
        outputs = self.run(leaves)
        call = Call(args, kwargs)

        def made(leaf: Leaf) -> Any:
            data = outputs[leaf.number]
            if leaf.kind == "recorded":
                return self._recorded(call, leaf.number, data)
            return data if leaf.kind == "array" else Value(data, requires_grad=False)

        result = trees.transform(made, self.lowered.result)
        self.lowered.write(leaves, outputs)
        return result

    # -------------------------------------------------------------------- gradients

    def _recorded(self, call: Call, number: int, data: Any) -> Value:
        """Return a leaf of the result as one operation on the Values among the arguments."""
        if number not in self._rows:
            self._rows[number] = self._row(number)
        inputs = call.parameters()
        state = reduce(or_, [value._state for value in inputs])
        return node(self._rows[number], inputs, {"call": call.kept()}, data, state)

    def _row(self, number: int) -> Primitive:
        pullback: Compiled | None = None

        def cotangents(g: Any, y: Any, *operands: Any, call: Call) -> list[Any]:
            nonlocal pullback
            if isinstance(g, Value) or any(isinstance(x, Value) for x in operands):
                return self._pulled(number, call.args, call.kwargs, g, create_graph=True)
            if pullback is None:
                pullback = self._pullback(number, call, g)
            return list(pullback.run([*trees.leaves((call.args, call.kwargs)), g]))

        return Primitive(
            name=f"jit({self._name})",
            forward=self._function,
            vjps=cotangents,
            symbol=self._name,
            doc="A compiled function.",
            domain=(),
            joint=True,
        )

    def _pullback(self, number: int, call: Call, g: Any) -> Compiled:
        lowered = lower(
            partial(self._pulled, number), (call.args, call.kwargs, g), {}, self._integers
        )
        outputs = lowered.program.outputs[: len(call.parameters())]  # without what it changes
        lowered = replace(lowered, program=replace(lowered.program, outputs=outputs))
        return Compiled(lowered, self._emit, f"{self._name}_pullback")

    def _pulled(
        self, number: int, args: Any, kwargs: Any, g: Any, create_graph: bool = False
    ) -> list[Any]:
        """Return the cotangents of the Values among the arguments, operation by operation."""
        if create_graph and self.lowered.writes:
            raise NotDifferentiableError(
                f"jit({self._name}): it changes its arguments, so that it has no second derivative"
            )
        with modes.enable_grad():
            y = trees.leaves(self._function(*args, **kwargs))[number]
            return pull({y: g}, Call(args, kwargs).parameters(), create_graph)


@dataclass(frozen=True)
class Call:
    """The arguments of one call."""

    args: Any
    kwargs: Any

    def parameters(self) -> list[Value]:
        """Return the Values that a gradient may flow to, each once."""
        leaves = trees.leaves((self.args, self.kwargs))
        return list({x: x for x in leaves if isinstance(x, Value) and x.requires_grad})

    def kept(self) -> Call:
        """Return the same call with copies of arrays, which may change before a gradient flows."""
        return Call(*trees.transform(_copied, (self.args, self.kwargs)))


def _copied(leaf: Any) -> Any:
    return leaf.copy() if isinstance(leaf, np.ndarray) else leaf


def _identifier(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() and not iskeyword(name) else "program"
