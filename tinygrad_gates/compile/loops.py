"""Loops for a kernel, as text: as few passes over memory as its operations allow.

Numbers are added up one after the other, in float64 where one number comes out; no arithmetic is
reordered otherwise, and NaN and infinity go where NumPy lets them go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from math import prod
from typing import Any, TypeGuard

import numpy as np

from tinygrad_gates.compile.elements import Index, place
from tinygrad_gates.compile.expressions import (
    converted,
    expression,
    number_text,
    product,
    typed,
)
from tinygrad_gates.compile.nests import Nest, is_matrix_product, keeps_places, nests, terms
from tinygrad_gates.compile.program import Atom, Constant, Instruction, Var, type_of
from tinygrad_gates.compile.stages import Kernel, Staged

FEW = 8
"""The number of elements up to which a product is added up in local numbers."""

Lines = dict[int, list[str]]
"""Lines that stand outside of all loops, at 0, or inside of the first so many."""

_STARTS = {"sum": "0", "max": "-np.inf", "min": "np.inf"}
_STEPS = {"sum": "{0} + {1}", "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})"}


class KernelText:
    """The source of a function that computes a kernel by loops.

    It takes arrays alone, all elements of each along one axis, and writes its results into those
    that are meant for them; a single number that comes in or goes out is in an array without axes.

    Args:
        kernel: the operations.
        name: of the function.
        staged: the program that the kernel is a stage of.
        names: a name for each of its variables.
        known: what is computed before.
        wanted: the results that are needed afterwards.
        replaced: for some of these the input whose memory they are written to in the end.

    Attributes:
        name: the function's.
        source: the text.
        arrays: what the function takes, in order.
        made: the results among these that are no inputs.
        nests: the loops, in order.
    """

    def __init__(
        self,
        kernel: Kernel,
        name: str,
        staged: Staged,
        names: dict[Var, str],
        known: Collection[Var],
        wanted: Collection[Var],
        replaced: dict[Var, Var],
    ) -> None:
        self.name = name
        self._staged = staged
        self._names = names
        self._wanted = wanted
        self._replaced = {r: old for r, old in replaced.items() if r in kernel.results}
        self._locals: dict[Var, str] = {}
        self._constants: list[Constant] = []
        self.nests = nests(kernel.steps, staged.root, known)
        self._nest_of = {r: n for n, nest in enumerate(self.nests) for r in nest.results}
        self._reads = self._found_reads()
        self.stored = {r for r in self._nest_of if r.shape and self._is_stored(r)}
        self._over = {r: old for r, old in self._replaced.items() if self._may_overwrite(r, old)}
        taken = self._found_arrays()
        body = self._body()
        self.arrays: list[Atom] = [*taken, *self._constants]
        self.made = [x for x in taken if x in self._nest_of]
        parameters = [self._parameter(x) for x in self.arrays]
        types = ", ".join(f"{names[x]}: {type_of(x)}" for x in taken)
        head = [f"def {name}({', '.join(parameters)}):", f"# {types}"]
        self.source = "\n    ".join([*head, *body]) + "\n"

    # -------------------------------------------------------------------- what is kept where

    def _found_reads(self) -> dict[Var, set[int]]:
        """Return for each variable the nests that read it, itself or through views."""
        reads = defaultdict(set)
        for number, nest in enumerate(self.nests):
            for step in nest.steps:
                for variable in self._staged.roots(step.operands):
                    reads[variable].add(number)
        return reads

    def _is_stored(self, result: Var) -> bool:
        nest = self._nest_of[result]
        is_reduced = result in self.nests[nest].reduced
        return is_reduced or result in self._wanted or bool(self._reads[result] - {nest})

    def _may_overwrite(self, result: Var, old: Var) -> bool:
        """Return whether nobody reads the old numbers after the new ones are written."""
        if not result.shape:
            return True  # which is read first and written last
        here = self._nest_of[result]
        nest = self.nests[here]
        if result in nest.reduced or nest.shape != old.shape:
            return False
        if any(number > here for number in self._reads[old]):
            return False
        return all(
            self._staged.root(x) is not old or (x is old and not is_matrix_product(step))
            for step in nest.steps
            for x in step.operands
        )

    def _found_arrays(self) -> list[Var]:
        """Return the variables that are in arrays which the function takes."""
        read = [x for x in self._reads if x not in self._nest_of]
        made = [x for x in self._nest_of if x in self.stored or x in self._wanted]
        apart = [x for x in made if x not in self._over]
        overwritten = [self._replaced[x] for x in made if x in self._replaced]
        return list(dict.fromkeys([*read, *overwritten, *apart]))

    def _parameter(self, atom: Atom) -> str:
        if isinstance(atom, Constant):
            return f"constant_{self._constants.index(atom)}"
        return self._names[atom] if atom.shape else f"{self._names[atom]}_cell"

    # -------------------------------------------------------------------- text

    def _body(self) -> list[str]:
        cells = [x for x in self._reads if x not in self._nest_of and not x.shape]
        lines = [f"{self._names[x]} = {self._parameter(x)}[()]" for x in cells]
        lines += [line for nest in self.nests for line in self._loops(nest)]
        for result, old in self._replaced.items():
            if result not in self._over:
                lines.append(f"for _i in range({prod(old.shape)}):")
                lines.append(f"    {self._names[old]}[_i] = {self._names[result]}[_i]")
        for result in self._nest_of:
            if not result.shape and result in self._wanted:
                cell = self._parameter(self._over.get(result, result))
                lines.append(f"{cell}[()] = {self._names[result]}")
        return lines or ["pass"]

    def _loops(self, nest: Nest) -> list[str]:
        self._locals = {}
        if nest.product is not None:
            return self._product(nest.product)
        turns, index = self._turns(nest)
        inner, stores = [], []
        for step in nest.elementwise:
            name = self._names[step.result]
            local = f"{name}_" if step.result in self.stored else name
            inner.append(f"{local} = {expression(step, index, self._read)}")
            self._locals[step.result] = local
            if step.result in self.stored:
                stores.append(f"{self._at(step.result, index)} = {local}")
        before: Lines = defaultdict(list)
        after: Lines = defaultdict(list)
        for step in nest.reductions:
            self._reduce(step, index, before, inner, after)
        return _nested(turns, before, inner + stores, after)

    def _turns(self, nest: Nest) -> tuple[list[tuple[str, int]], list[str]]:
        """Return the names and lengths of loops, and an index: of one loop, if that will do."""
        shape, long = nest.shape, _long_axes(nest.shape)
        index = [f"_i{axis}" if axis in long else "0" for axis in range(len(shape))]
        operands = [x for step in nest.steps for x in step.operands]
        alike = all(x.shape in ((), shape) and x not in self._staged.views for x in operands)
        if len(long) < 2 or not alike or not all(map(keeps_places, nest.steps)):
            return [(index[axis], shape[axis]) for axis in long], index
        return [("_i", prod(shape))], [
            "_i" if axis == long[-1] else "0" for axis in range(len(shape))
        ]

    def _reduce(
        self, step: Instruction, index: Index, before: Lines, inner: list[str], after: Lines
    ) -> None:
        """Add the lines of a reduction to those of the loops."""
        operation, result, axes = step.operation.name, step.result, step.params["axis"]
        value = self._element(step.operands[0], index, result.dtype)
        name = self._names[result]
        target = self._at(result, _reduced(index, axes, result)) if result.shape else name
        long = _long_axes(step.operands[0].shape)
        depth = len(long) - sum(axis in axes for axis in long)
        if all(axis in axes for axis in long[depth:]):  # the innermost: into a local number
            exact = np.dtype(float) if operation == "sum" else result.dtype
            before[depth].append(f"{name}_ = {typed(_STARTS[operation], exact)}")
            inner.append(f"{name}_ = {_STEPS[operation].format(f'{name}_', value)}")
            after[depth].append(f"{target} = {typed(f'{name}_', result.dtype)}")
        else:
            before[0] += self._filled(result, typed(_STARTS[operation], result.dtype))
            inner.append(f"{target} = {_STEPS[operation].format(target, value)}")

    def _filled(self, result: Var, number: str) -> list[str]:
        return [
            f"for _i in range({prod(result.shape)}):",
            f"    {self._names[result]}[_i] = {number}",
        ]

    def _product(self, step: Instruction) -> list[str]:
        rows, columns = step.result.shape
        count, start = terms(step), typed("0", step.result.dtype)
        if rows * columns <= FEW:
            return self._few_sums(step, rows, columns, count)
        element = self._at(step.result, ["_i", "_j"])
        return [
            *self._filled(step.result, start),
            f"for _i in range({rows}):",
            f"    for _k in range({count}):",
            f"        for _j in range({columns}):",
            f"            {element} += {product(step, ['_i', '_k'], ['_k', '_j'], self._read)}",
        ]

    def _few_sums(self, step: Instruction, rows: int, columns: int, count: int) -> list[str]:
        """Return a product whose elements are local numbers while they are added up."""
        name = self._names[step.result]
        places = [(i, j) for i in range(rows) for j in range(columns)]
        start = typed("0", step.result.dtype)
        terms = [product(step, [str(i), "_k"], ["_k", str(j)], self._read) for i, j in places]
        return [
            *(f"{name}_{n} = {start}" for n in range(len(places))),
            f"for _k in range({count}):",
            *(f"    {name}_{n} += {term}" for n, term in enumerate(terms)),
            *(f"{name}[{n}] = {name}_{n}" for n in range(len(places))),
        ]

    # -------------------------------------------------------------------- one element

    def _element(self, atom: Atom, index: Index, dtype: np.dtype[Any]) -> str:
        return converted(atom, self._read(atom, index), dtype)

    def _read(self, atom: Atom, index: Index) -> str:
        if isinstance(atom, Constant):
            same = _number_in(atom.value)
            if same is not None:
                return number_text(same)
            return f"{self._constant(atom)}[{place(index, atom.shape)}]"
        if atom in self._locals:
            return self._locals[atom]
        if atom in self._staged.views:
            step, find = self._staged.views[atom]
            (operand,) = step.operands
            if step.operation.name == "reshape" and self._is_array(operand):
                return f"{self._array(operand)}[{place(index, atom.shape)}]"  # in the same order
            return self._element(operand, find(index), atom.dtype)
        return self._at(atom, index) if atom.shape else self._names[atom]

    def _at(self, variable: Var, index: Index) -> str:
        """Return the element of an array."""
        return f"{self._array(variable)}[{place(index, variable.shape)}]"

    def _is_array(self, atom: Atom) -> TypeGuard[Var]:
        return isinstance(atom, Var) and bool(atom.shape) and atom not in self._staged.views

    def _array(self, variable: Var) -> str:
        return self._names[self._over.get(variable, variable)]

    def _constant(self, constant: Constant) -> str:
        if constant not in self._constants:
            self._constants.append(constant)
        return f"constant_{self._constants.index(constant)}"


def _number_in(value: Any) -> Any:
    """Return the number that a constant is full of; None if there are several, or none."""
    if not np.ndim(value):
        return value
    flat = np.ravel(value)
    bits = flat.view(f"V{flat.itemsize}")  # 0.0 and -0.0 are different numbers, and NaN is one
    return flat[0] if flat.size and np.all(bits == bits[0]) else None


def _long_axes(shape: tuple[int, ...]) -> list[int]:
    """Return the axes that need a loop."""
    return [axis for axis, length in enumerate(shape) if length != 1]


def _reduced(index: Index, axes: Collection[int], result: Var) -> list[str]:
    """Return the index of a reduction's result for that of an element of its operand."""
    if len(result.shape) == len(index):
        return ["0" if axis in axes else each for axis, each in enumerate(index)]
    return [each for axis, each in enumerate(index) if axis not in axes]


def _nested(
    turns: Sequence[tuple[str, int]], before: Lines, inner: list[str], after: Lines
) -> list[str]:
    lines, closing = [], []
    for depth, (name, length) in enumerate(turns):
        pad = "    " * depth
        lines += [pad + line for line in before[depth]]
        lines.append(f"{pad}for {name} in range({length}):")
        closing.append([pad + line for line in after[depth]])
    depth = len(turns)
    innermost = [*before[depth], *inner, *after[depth]]
    lines += ["    " * depth + line for line in innermost]
    return lines + [line for each in reversed(closing) for line in each]
