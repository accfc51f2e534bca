"""A program as loops that Numba compiles, with calls of NumPy for what is large.

The source has a function for each kernel, in machine code, and one in Python that calls them. Where
all is loops, there is a single kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from tinygrad_gates.compile.buffers import Moment, Plan, Pool
from tinygrad_gates.compile.cache import compiled
from tinygrad_gates.compile.calls import Calls, into, takes_out
from tinygrad_gates.compile.loading import function_of
from tinygrad_gates.compile.loops import KernelText
from tinygrad_gates.compile.outputs import replaced, with_own_outputs
from tinygrad_gates.compile.program import Atom, Constant, Instruction, Program, Var
from tinygrad_gates.compile.stages import Call, Kernel, Staged

CARRIED_NOTHING: Mapping[int, int] = {}


class NumbaCode:
    """A program as compiled loops and calls of NumPy.

    Args:
        program: what it computes.
        name: what its function is called.
        carried: for some inputs, by number, the output whose numbers they get: an array, without
            axes for a single number, that is changed in place.

    Attributes:
        program: what is computed, with outputs of their own.
        kernels: the loops.
        source: the Python code, of which Numba compiles the kernels.

    Raises:
        ImportError: if Numba is not installed (`pip install "tinygrad-gates[jit]"`).
    """

    def __init__(
        self,
        program: Program,
        name: str = "program",
        carried: Mapping[int, int] = CARRIED_NOTHING,
    ) -> None:
        program = with_own_outputs(program, carried)
        self.program = program
        self._names = program.names()
        self._staged = Staged(program)
        self._replaced = replaced(program, carried)
        self._calls = Calls(self._names)
        self._taken = self._read_by_calls()
        self.kernels = self._kernel_texts(name)
        self._looped = {x for kernel in self.kernels for x in kernel.arrays}
        self._plan = self._planned()
        driver = self._driver(name)
        self.source = "\n\n".join([*(kernel.source for kernel in self.kernels), driver])
        names = self._calls.globals
        names |= {kernel.name: compiled(kernel.source, kernel.name) for kernel in self.kernels}
        self._function = function_of(driver, name, names)
        self._pool = Pool(self._plan.buffers, flat=True)

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        """Return the program's outputs for inputs of the shapes and dtypes it was made for."""
        buffers = self._pool.take()
        outputs: tuple[Any, ...] = self._function(buffers, *arrays)
        self._pool.give_back(buffers)
        return outputs

    @property
    def is_one_kernel(self) -> bool:
        """Whether nothing is left to NumPy."""
        return all(isinstance(stage, Kernel) for stage in self._staged.stages)

    # -------------------------------------------------------------------- what is where

    def _read_by_calls(self) -> set[Var]:
        steps = [stage.step for stage in self._staged.stages if isinstance(stage, Call)]
        return {x for step in steps for x in self._staged.roots(step.operands)}

    def _kernel_texts(self, name: str) -> list[KernelText]:
        known: set[Var] = set(self.program.inputs)
        texts: list[KernelText] = []
        stages = self._staged.stages
        for place, stage in enumerate(stages):
            if isinstance(stage, Call):
                known.add(stage.step.result)
                continue
            texts.append(
                KernelText(
                    stage,
                    f"{name}_{len(texts)}",
                    self._staged,
                    self._names,
                    known,
                    stage.results & self._needed_after(place),
                    self._replaced,
                )
            )
            known |= stage.results
        return texts

    def _needed_after(self, place: int) -> set[Var]:
        needed = {x for x in self.program.outputs if isinstance(x, Var)}
        for stage in self._staged.stages[place + 1 :]:
            steps = [stage.step] if isinstance(stage, Call) else stage.steps
            needed.update(x for step in steps for x in self._staged.roots(step.operands))
        return needed

    def _planned(self) -> Plan:
        """Return where results are kept that are no outputs."""
        moments, placed = [], set[Var]()
        kernels = iter(self.kernels)
        for stage in self._staged.stages:
            if isinstance(stage, Call):
                moments.append(self._moment([stage.step], {stage.step.result}))
                if takes_out(stage.step):
                    placed.add(stage.step.result)
                continue
            kernel = next(kernels)
            placed.update(kernel.made)
            arrays = {x for x in kernel.made if x.shape}
            moments += [self._moment(nest.steps, arrays) for nest in kernel.nests]
            moments.append(Moment(tuple(x for x in kernel.made if not x.shape), frozenset()))
        outputs = self._staged.holders(self.program.outputs)
        moments.append(Moment((), outputs))
        return Plan(moments, placed - {x for x in outputs if x.shape})

    def _moment(self, steps: list[Instruction], made: set[Var]) -> Moment:
        results = tuple(step.result for step in steps if step.result in made)
        read = [self._staged.holders(step.operands) for step in steps]
        return Moment(results, frozenset[Var]().union(*read))

    # -------------------------------------------------------------------- the Python function

    def _driver(self, name: str) -> str:
        lines = [*self._plan.unpacking("_flat"), *self._received()]
        kernels = iter(self.kernels)
        shown: set[Var] = set()
        for stage in self._staged.stages:
            if isinstance(stage, Kernel):
                lines += self._kernel_call(next(kernels))
            else:
                lines += self._call(stage.step, shown)
        outputs = "".join(f"{self._returned(x)}, " for x in self.program.outputs)
        inputs = ", ".join(["buffers", *(self._names[x] for x in self.program.inputs)])
        lines.append(f"return ({outputs})")
        return "\n    ".join([f"def {name}({inputs}):", *lines]) + "\n"

    def _received(self) -> list[str]:
        """Return lines that turn inputs into what kernels take."""
        return [self._as_flat(x) for x in self.program.inputs if x in self._looped]

    def _as_flat(self, variable: Var) -> str:
        name = self._names[variable]
        if variable.shape:
            return f"{name}_flat = {name}.ravel()"
        if variable in self._replaced.values():
            return f"{name}_flat = {name}"
        return f"{name}_flat = np.asarray({name}, {variable.dtype.name!r})"

    def _kernel_call(self, kernel: KernelText) -> list[str]:
        lines = [line for result in kernel.made for line in self._room(result)]
        lines.append(f"{kernel.name}({', '.join(map(self._passed, kernel.arrays))})")
        for result in kernel.made:
            if not result.shape and result in self._taken:
                lines.append(f"{self._names[result]} = {self._names[result]}_flat[()]")
        return lines

    def _room(self, result: Var) -> list[str]:
        """Return lines that say where a kernel writes a result."""
        name, place = self._names[result], self._plan.places.get(result)
        if place is not None:
            flat = f"{name}_flat = _{place}" + ("_flat" if result.shape else "")
            return [flat, f"{name} = _{place}"] if result in self._taken else [flat]
        size, dtype = prod(result.shape), result.dtype.name
        flat = f"{name}_flat = np.empty({size}, {dtype!r})"
        return [flat, f"{name} = {name}_flat.reshape({result.shape})"]

    def _passed(self, atom: Atom) -> str:
        if isinstance(atom, Constant):
            return self._calls.atom(Constant(np.ravel(atom.value)))
        return f"{self._names[atom]}_flat"

    def _call(self, step: Instruction, shown: set[Var]) -> list[str]:
        """Return the lines of a call of NumPy, after those of the views that it takes."""
        lines = []
        for operand in step.operands:
            lines += self._view_lines(operand, shown)
        result, call = step.result, self._calls.of(step)
        place = self._plan.places.get(result)
        text = call if place is None else into(call, f"_{place}")
        lines.append(f"{self._names[result]} = {text}")
        if result in self._looped:
            lines.append(self._as_flat(result))
        return lines

    def _view_lines(self, atom: Atom, shown: set[Var]) -> list[str]:
        if not isinstance(atom, Var) or atom not in self._staged.views or atom in shown:
            return []
        shown.add(atom)
        step = self._staged.views[atom].step
        lines = [line for x in step.operands for line in self._view_lines(x, shown)]
        return [*lines, f"{self._names[atom]} = {self._calls.of(step)}"]

    def _returned(self, atom: Atom) -> str:
        if not isinstance(atom, Var):
            return self._calls.atom(atom)
        if atom in self._replaced:
            return self._names[self._replaced[atom]]
        made = any(atom in kernel.made for kernel in self.kernels)
        return f"{self._names[atom]}_flat[()]" if made and not atom.shape else self._names[atom]
