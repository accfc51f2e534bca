"""Loops for a program, as text: as few passes over memory as its operations allow.

Numbers are added up one after the other, in float64 where one number comes out; no arithmetic is
reordered otherwise, and NaN and infinity go where NumPy lets them go.
"""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.compile import elements, nests
from tinygrad_gates.compile.elements import Finder, Index
from tinygrad_gates.compile.nests import Nest
from tinygrad_gates.compile.program import Atom, Constant, Instruction, Program, Var
from tinygrad_gates.errors import TraceError

_FUNCTIONS = {
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "atan2": "np.arctan2",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atanh": "np.arctanh",
    "abs": "abs",
    "erf": "math.erf",
}
"""What the functions in the table's expressions are called; the others as in NumPy."""
Lines = dict[int, list[str]]
"""Lines that stand outside of all loops, at 0, or inside of the first so many."""

_STARTS = {"sum": "0", "max": "-np.inf", "min": "np.inf"}
_STEPS = {"sum": "{0} + {1}", "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})"}


class LoopText:
    """The source of a function that computes a program by loops.

    It takes the inputs, the constant arrays, then an array for each output that has a shape, and
    returns the outputs that are single numbers.

    Attributes:
        source: the text.
        constants: the constant arrays.
        arrays: the outputs that are written into arrays that the caller gives.
        numbers: the other outputs.

    Raises:
        TraceError: if an operation cannot be written as loops.
    """

    def __init__(self, program: Program, name: str = "program") -> None:
        program = _with_own_outputs(program)
        self._names = program.names()
        self._program = program
        self.constants: list[Any] = []
        self.outputs = program.outputs
        self.arrays = [x for x in program.outputs if isinstance(x, Var) and x.shape]
        self.numbers = [x for x in program.outputs if isinstance(x, Constant) or not x.shape]
        self._views = self._found_views()
        self._locals: dict[Var, str] = {}
        roots = {x: self._root(x) for x in self._views}
        self._nests = nests.nests(program, {x: r for x, r in roots.items() if isinstance(r, Var)})
        self._users = self._found_users()
        self.source = self._text(name)

    def _found_views(self) -> dict[Var, tuple[Instruction, Finder]]:
        views = {}
        for step in self._program.instructions:
            known = nests.is_elementwise(step) or nests.is_product(step)
            if known or nests.is_reduction(step):
                continue
            find = elements.view(step)
            if find is None:
                raise TraceError(f"{step.operation.name} cannot be written as loops")
            views[step.result] = step, find
        return views

    def _root(self, atom: Atom) -> Atom:
        while isinstance(atom, Var) and atom in self._views:
            atom = self._views[atom][0].operands[0]
        return atom

    # -------------------------------------------------------------------- text

    def _text(self, name: str) -> str:
        body = [line for nest in self._nests for line in self._lines(nest)]
        names = [self._names[x] for x in self._program.inputs]
        names += [f"constant_{place}" for place in range(len(self.constants))]
        names += [f"out_{place}" for place in range(len(self.arrays))]
        numbers = "".join(f"{self._number(x)}, " for x in self.numbers)
        lines = [f"def {name}({', '.join(names)}):", *body, f"return ({numbers})"]
        return "\n    ".join(lines) + "\n"

    def _lines(self, nest: Nest) -> list[str]:
        """Return the arrays that a nest needs, and its loops."""
        stored = {x for x in nest.results if x.shape and self._is_used_outside(x, nest)}
        self._locals = {}
        return self._made(stored | nest.reduced, nest) + self._loops(nest, stored)

    def _is_used_outside(self, result: Var, nest: Nest) -> bool:
        return result in self.outputs or any(user is not nest for user in self._users[result])

    def _found_users(self) -> dict[Var, list[Nest]]:
        """Return for each variable the nests that read it, directly or through views."""
        users = defaultdict(list)
        for nest in self._nests:
            for step in nest.steps:
                for operand in step.operands:
                    if isinstance(root := self._root(operand), Var):
                        users[root].append(nest)
        return users

    def _number(self, atom: Atom) -> str:
        return self._element(atom, [], atom.dtype)

    def _made(self, wanted: set[Var], nest: Nest) -> list[str]:
        lines = []
        for result in nest.results:
            if result.shape and result in wanted:
                made = f"np.empty({result.shape}, {_type(result.dtype)})"
                if result in self.arrays:
                    made = f"out_{self.arrays.index(result)}"
                lines.append(f"{self._names[result]} = {made}")
        return lines

    def _loops(self, nest: Nest, stored: set[Var]) -> list[str]:
        if nest.product is not None:
            return self._product(nest.product)
        index = [f"_i{axis}" for axis in range(len(nest.shape))]
        inner = []
        for step in nest.elementwise:
            name = self._names[step.result]
            local = f"{name}_" if step.result in stored else name
            inner.append(f"{local} = {self._expression(step, index)}")
            self._locals[step.result] = local
            if step.result in stored:
                inner.append(f"{name}[{', '.join(index)}] = {local}")
        return self._around(nest, index, inner)

    def _around(self, nest: Nest, index: list[str], inner: list[str]) -> list[str]:
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
        return _nested(nest.shape, index, before, inner, after)

    def _reduce_last(
        self, step: Instruction, index: Index, value: str, before: Lines, inner: list[str],
        after: Lines,
    ) -> None:  # fmt: skip
        """Reduce along the innermost axes, into a local number."""
        name, operation, result = self._names[step.result], step.operation.name, step.result
        total, depth = f"{name}_", len(index) - len(step.params["axis"])
        exact = np.dtype(float) if operation == "sum" else result.dtype
        before[depth].append(f"{total} = {_typed(_STARTS[operation], exact)}")
        inner.append(f"{total} = {_STEPS[operation].format(total, value)}")
        target = f"{name}[{_reduced_index(step, index)}]" if result.shape else name
        after[depth].append(f"{target} = {_typed(total, result.dtype)}")

    def _reduce(
        self, step: Instruction, index: Index, value: str, before: Lines, inner: list[str]
    ) -> None:
        """Reduce along other axes, into the elements of the result."""
        name, operation = self._names[step.result], step.operation.name
        before[0].append(f"{name}[...] = {_typed(_STARTS[operation], step.result.dtype)}")
        element = f"{name}[{_reduced_index(step, index)}]"
        inner.append(f"{element} = {_STEPS[operation].format(element, value)}")

    def _product(self, step: Instruction) -> list[str]:
        a, b = step.operands
        rows, columns = step.result.shape
        name, dtype = self._names[step.result], step.result.dtype
        left, right = self._element(a, ["_i", "_k"], dtype), self._element(b, ["_k", "_j"], dtype)
        return [
            f"{name}[...] = {_typed('0', dtype)}",
            f"for _i in range({rows}):",
            f"    for _k in range({a.shape[1]}):",
            f"        for _j in range({columns}):",
            f"            {name}[_i, _j] += {left} * {right}",
        ]

    # -------------------------------------------------------------------- one element

    def _expression(self, step: Instruction, index: Index) -> str:
        common = np.result_type(*map(_example, step.operands))
        name, result = step.operation.name, step.result.dtype
        if name == "matmul":
            left, right = step.operands
            column = self._element(left, [index[0], "0"], result)
            return f"{column} * {self._element(right, ['0', index[1]], result)}"
        if name == "where":
            condition, *branches = step.operands
            chosen = [self._at(x, index, result) for x in branches]
            return f"{chosen[0]} if {self._at(condition, index, np.dtype(bool))} else {chosen[1]}"
        if name == "astype":
            return self._at(step.operands[0], index, result)
        operands = [self._at(x, index, common) for x in step.operands]
        if name == "power" and isinstance(step.operands[1], Constant):
            operands = self._short_power(step.operands[1].value, operands)
            if len(operands) == 1:
                return operands[0]
        assert step.operation.scalar is not None
        return _typed(_numba_text(step.operation.scalar, operands, common), result)

    def _short_power(self, exponent: Any, operands: list[str]) -> list[str]:
        base = operands[0]
        if np.ndim(exponent) == 0 and exponent == 2:  # as NumPy does, and far quicker
            return [f"{base} * {base}"]
        return operands

    def _at(self, atom: Atom, index: Index, dtype: np.dtype[Any]) -> str:
        """Return the element that broadcasting brings to an index."""
        return self._element(atom, elements.broadcast(index, atom.shape), dtype)

    def _element(self, atom: Atom, index: Index, dtype: np.dtype[Any]) -> str:
        if isinstance(atom, Constant):
            if not atom.shape:
                return _typed(_number_text(atom.value), dtype)
            text = f"{self._constant(atom.value)}[{', '.join(index)}]"
        elif atom in self._locals:
            text = self._locals[atom]
        elif atom in self._views:
            step, find = self._views[atom]
            return self._element(step.operands[0], find(index), dtype)
        else:
            text = self._names[atom] + (f"[{', '.join(index)}]" if atom.shape else "")
        return text if atom.dtype == dtype else _typed(text, dtype)

    def _constant(self, array: Any) -> str:
        for place, known in enumerate(self.constants):
            if known is array:
                return f"constant_{place}"
        self.constants.append(array)
        return f"constant_{len(self.constants) - 1}"


class _Copy:
    name = "copy"
    scalar = "{0}"

    def forward(self, x: Any) -> Any:
        return np.copy(x)


def _with_own_outputs(program: Program) -> Program:
    """Return a program whose outputs with a shape are results of operations, each only once."""
    steps = list(program.instructions)
    computed = {step.result for step in steps if elements.view(step) is None}
    outputs: list[Atom] = []
    for atom in program.outputs:
        if atom.shape and (atom not in computed or atom in outputs):
            result = Var(atom.shape, atom.dtype)
            steps.append(Instruction(_COPY, (atom,), {}, result))
            atom = result
        outputs.append(atom)
    return Program(program.inputs, tuple(steps), tuple(outputs))


_COPY = _Copy()


def _example(atom: Atom) -> Any:
    """Return something that promotes as an operand does."""
    if isinstance(atom, Constant):
        return atom.value
    return atom.dtype.type(0) if not atom.weak else atom.dtype.type(0).item()


def _type(dtype: np.dtype[Any]) -> str:
    return "np.bool_" if dtype.kind == "b" else f"np.{dtype.name}"


def _typed(text: str, dtype: np.dtype[Any]) -> str:
    return f"{_type(dtype)}({text})"


def _number_text(value: Any) -> str:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else ("np.inf" if value > 0 else "-np.inf")
    return repr(value)


def _numba_text(scalar: str, operands: Sequence[str], dtype: np.dtype[Any]) -> str:
    """Return a row's expression, of operands of one dtype, in the names of Numba."""
    places = {f"_operand_{place}": text for place, text in enumerate(operands)}
    tree = ast.parse(scalar.format(*places), mode="eval")
    return ast.unparse(_Renamed(places, dtype).visit(tree))


class _Renamed(ast.NodeTransformer):
    def __init__(self, places: dict[str, str], dtype: np.dtype[Any]) -> None:
        self._places = places
        self._dtype = dtype

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self._places.get(node.id) or _FUNCTIONS.get(node.id, f"np.{node.id}")
        return ast.parse(text, mode="eval").body

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.parse(_typed(repr(node.value), self._dtype), mode="eval").body


def _reduced_index(step: Instruction, index: Index) -> str:
    """Return the index of a reduction's result for that of an element of its operand."""
    axes, keeps = step.params["axis"], len(step.result.shape) == len(index)
    kept = ["0" if axis in axes else each for axis, each in enumerate(index)]
    return ", ".join(x for axis, x in enumerate(kept) if keeps or axis not in axes)


def _nested(
    shape: tuple[int, ...],
    index: list[str],
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
