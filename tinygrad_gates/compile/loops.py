"""Loops for a kernel, as text: as few passes over memory as its operations allow.

Numbers are added up one after the other, in float64 where one number comes out; no arithmetic is
reordered otherwise, and NaN and infinity go where NumPy lets them go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.compile.elements import Index
from tinygrad_gates.compile.expressions import converted, expression, number_text, typed
from tinygrad_gates.compile.nests import Nest, nests
from tinygrad_gates.compile.program import Atom, Constant, Instruction, Var
from tinygrad_gates.compile.stages import Kernel, Staged

Lines = dict[int, list[str]]
"""Lines that stand outside of all loops, at 0, or inside of the first so many."""

_STARTS = {"sum": "0", "max": "-np.inf", "min": "np.inf"}
_STEPS = {"sum": "{0} + {1}", "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})"}


class KernelText:
    """The source of a function that computes a kernel by loops.

    It takes arrays alone, and writes its results into those that are meant for them; a single
    number that comes in or goes out is in an array without axes.

    Args:
        kernel: the operations.
        name: of the function.
        staged: the program that the kernel is a stage of.
        names: a name for each of its variables.
        known: what is computed before.
        wanted: the results that are needed afterwards.
        replaced: for some of these the input whose memory they are written to in the end.

    Attributes:
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
        self._staged = staged
        self._names = names
        self._wanted = wanted
        self._replaced = {r: old for r, old in replaced.items() if r in kernel.results}
        self._locals: dict[Var, str] = {}
        self._constants: list[Constant] = []
        self.nests = nests(kernel.steps, staged.root, known)
        self._nest_of = {r: place for place, nest in enumerate(self.nests) for r in nest.results}
        self._reads = self._found_reads()
        self.stored = {r for r in self._nest_of if r.shape and self._is_stored(r)}
        self._over = {r: old for r, old in self._replaced.items() if self._may_overwrite(r, old)}
        taken = self._found_arrays()
        body = self._body()
        self.arrays: list[Atom] = [*taken, *self._constants]
        self.made = [x for x in taken if x in self._nest_of]
        parameters = [self._parameter(x) for x in self.arrays]
        self.source = "\n    ".join([f"def {name}({', '.join(parameters)}):", *body]) + "\n"

    # -------------------------------------------------------------------- what is kept where

    def _found_reads(self) -> dict[Var, set[int]]:
        """Return for each variable the nests that read it, itself or through views."""
        reads = defaultdict(set)
        for place, nest in enumerate(self.nests):
            for step in nest.steps:
                for variable in self._staged.roots(step.operands):
                    reads[variable].add(place)
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
        if any(place > here for place in self._reads[old]):
            return False
        return all(
            x is old or self._staged.root(x) is not old for s in nest.steps for x in s.operands
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

    def _array(self, variable: Var) -> str:
        return self._names[self._over.get(variable, variable)]

    # -------------------------------------------------------------------- text

    def _body(self) -> list[str]:
        cells = [x for x in self._reads if x not in self._nest_of and not x.shape]
        lines = [f"{self._names[x]} = {self._parameter(x)}[()]" for x in cells]
        lines += [line for nest in self.nests for line in self._loops(nest)]
        for result, old in self._replaced.items():
            if result not in self._over:
                lines.append(f"{self._names[old]}[...] = {self._names[result]}")
        for result in self._nest_of:
            if not result.shape and result in self._wanted:
                cell = self._parameter(self._over.get(result, result))
                lines.append(f"{cell}[()] = {self._names[result]}")
        return lines or ["pass"]

    def _loops(self, nest: Nest) -> list[str]:
        self._locals = {}
        if nest.product is not None:
            return self._product(nest.product)
        index = [f"_i{axis}" for axis in range(len(nest.shape))]
        inner, stores = [], []
        for step in nest.elementwise:
            name = self._names[step.result]
            local = f"{name}_" if step.result in self.stored else name
            inner.append(f"{local} = {expression(step, index, self._read)}")
            self._locals[step.result] = local
            if step.result in self.stored:
                stores.append(f"{self._array(step.result)}[{', '.join(index)}] = {local}")
        return self._around(nest, index, inner, stores)

    def _around(
        self, nest: Nest, index: list[str], inner: list[str], stores: list[str]
    ) -> list[str]:
        """Put loops around lines, and reductions where they belong."""
        before: Lines = defaultdict(list)
        after: Lines = defaultdict(list)
        for step in nest.reductions:
            value = self._element(step.operands[0], index, step.result.dtype)
            axes, depths = step.params["axis"], range(len(index))
            if set(axes) == {*depths[len(index) - len(axes) :]}:
                self._reduce_last(step, index, value, before, inner, after)
            else:
                self._reduce(step, index, value, before, inner)
        return _nested(nest.shape, index, before, inner + stores, after)

    def _reduce_last(
        self, step: Instruction, index: Index, value: str, before: Lines, inner: list[str],
        after: Lines,
    ) -> None:  # fmt: skip
        """Reduce along the innermost axes, into a local number."""
        name, operation, result = self._names[step.result], step.operation.name, step.result
        total, depth = f"{name}_", len(index) - len(step.params["axis"])
        exact = np.dtype(float) if operation == "sum" else result.dtype
        before[depth].append(f"{total} = {typed(_STARTS[operation], exact)}")
        inner.append(f"{total} = {_STEPS[operation].format(total, value)}")
        target = f"{name}[{_reduced_index(step, index)}]" if result.shape else name
        after[depth].append(f"{target} = {typed(total, result.dtype)}")

    def _reduce(
        self, step: Instruction, index: Index, value: str, before: Lines, inner: list[str]
    ) -> None:
        """Reduce along other axes, into the elements of the result."""
        name, operation = self._names[step.result], step.operation.name
        before[0].append(f"{name}[...] = {typed(_STARTS[operation], step.result.dtype)}")
        element = f"{name}[{_reduced_index(step, index)}]"
        inner.append(f"{element} = {_STEPS[operation].format(element, value)}")

    def _product(self, step: Instruction) -> list[str]:
        a, b = step.operands
        rows, columns = step.result.shape
        name, dtype = self._names[step.result], step.result.dtype
        left, right = self._element(a, ["_i", "_k"], dtype), self._element(b, ["_k", "_j"], dtype)
        turns = [("_i", rows), ("_k", a.shape[1]), ("_j", columns)]
        if columns < rows and columns < 4:  # the longest run of independent sums is innermost
            turns.reverse()
        loops = [f"{'    ' * depth}for {i} in range({n}):" for depth, (i, n) in enumerate(turns)]
        return [
            f"{name}[...] = {typed('0', dtype)}",
            *loops,
            f"            {name}[_i, _j] += {left} * {right}",
        ]

    # -------------------------------------------------------------------- one element

    def _element(self, atom: Atom, index: Index, dtype: np.dtype[Any]) -> str:
        return converted(atom, self._read(atom, index), dtype)

    def _read(self, atom: Atom, index: Index) -> str:
        if isinstance(atom, Constant):
            same = _number_in(atom.value)
            if same is not None:
                return number_text(same)
            return f"{self._constant(atom)}[{', '.join(index)}]"
        if atom in self._locals:
            return self._locals[atom]
        if atom in self._staged.views:
            step, find = self._staged.views[atom]
            operand = step.operands[0]
            return self._element(operand, find(index), atom.dtype)
        return f"{self._array(atom)}[{', '.join(index)}]" if atom.shape else self._names[atom]

    def _constant(self, constant: Constant) -> str:
        if constant not in self._constants:
            self._constants.append(constant)
        return f"constant_{self._constants.index(constant)}"


def _number_in(value: Any) -> Any:
    """Return the number that a constant is full of; None if there are several, or none."""
    if not np.ndim(value):
        return value
    flat = np.ravel(value)
    same = flat.size and (flat.view(f"V{flat.itemsize}") == flat[:1].view(f"V{flat.itemsize}"))
    return flat[0] if np.all(same) and flat.size else None


def _reduced_index(step: Instruction, index: Index) -> str:
    """Return the index of a reduction's result for that of an element of its operand."""
    axes, keeps = step.params["axis"], len(step.result.shape) == len(index)
    kept = ["0" if axis in axes else each for axis, each in enumerate(index)]
    return ", ".join(x for axis, x in enumerate(kept) if keeps or axis not in axes)


def _nested(
    shape: tuple[int, ...],
    index: Sequence[str],
    before: Lines,
    inner: list[str],
    after: Lines,
) -> list[str]:
    lines, closing = [], []
    for depth, (name, length) in enumerate(zip(index, shape, strict=True)):
        pad = "    " * depth
        lines += [pad + line for line in before[depth]]
        lines.append(f"{pad}for {name} in range({length}):")
        closing.append([pad + line for line in after[depth]])
    pad = "    " * len(shape)
    lines += [pad + line for line in [*before[len(shape)], *inner, *after[len(shape)]]]
    return lines + [line for each in reversed(closing) for line in each]
