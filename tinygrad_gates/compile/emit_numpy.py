"""NumPy source for a program: one line an operation, into arrays that are made once.

A program's results are new arrays; what is needed on the way lies in buffers, which a call takes
from a pool and gives back, so that calls in several threads do not meet.
"""

from __future__ import annotations

from typing import Any

from tinygrad_gates.compile.buffers import Plan, Pool, one_by_one
from tinygrad_gates.compile.calls import Calls, into, takes_out
from tinygrad_gates.compile.loading import function_of
from tinygrad_gates.compile.program import Program


class NumpyCode:
    """A program as a Python function.

    Attributes:
        source: its text.
    """

    def __init__(self, program: Program, name: str = "program") -> None:
        self._names = program.names()
        self._calls = Calls(self._names)
        writable = {step.result for step in program.instructions if takes_out(step)}
        elementwise = {step.result for step in program.instructions if step.operation.scalar}
        plan = one_by_one(program, writable, writable & elementwise)
        self.source = self._text(program, name, plan)
        self._function = function_of(self.source, name, self._calls.globals)
        self._pool = Pool(plan.buffers)

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        """Return the program's outputs for inputs of the shapes and dtypes it was made for."""
        buffers = self._pool.take()
        outputs: tuple[Any, ...] = self._function(buffers, *arrays)
        self._pool.give_back(buffers)
        return outputs

    def _text(self, program: Program, name: str, plan: Plan) -> str:
        lines = plan.unpacking()
        for step in program.instructions:
            call, place = self._calls.of(step), plan.places.get(step.result)
            text = call if place is None else into(call, f"_{place}")
            lines.append(f"{self._names[step.result]} = {text}")
        outputs = "".join(f"{self._calls.atom(x)}, " for x in program.outputs)
        inputs = ", ".join(["buffers", *(self._names[x] for x in program.inputs)])
        lines.append(f"return ({outputs})")
        return "\n    ".join([f"def {name}({inputs}):", *lines]) + "\n"
