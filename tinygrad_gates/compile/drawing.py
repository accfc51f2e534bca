"""Programs as nodes and edges: each operation, and which of them one nest of loops computes."""

from __future__ import annotations

from tinygrad_gates.compile.nests import nests
from tinygrad_gates.compile.program import (
    Atom,
    Constant,
    Program,
    Var,
    text_of,
    type_of,
)
from tinygrad_gates.compile.stages import Call, Staged
from tinygrad_gates.nodes import Drawing, Edge, Group, Node


def drawing(program: Program, fused: bool) -> Drawing:
    """Return the picture of a program.

    Args:
        program: the inputs, operations and outputs.
        fused: whether boxes show what runs as one nest of loops.
    """
    names = program.names()
    groups = _groups(program) if fused else {}
    needed = program.needed
    used = [x for x in program.inputs if x in needed]
    nodes = [Node(names[x], "input", names[x], type_of(x)) for x in used]
    edges: list[Edge] = []
    for step in program.instructions:
        name = names[step.result]
        for place, operand in enumerate(step.operands):
            if isinstance(operand, Constant):
                nodes.append(_constant(f"{name}:{place}", operand))
            edges.append(Edge(_source(operand, names, f"{name}:{place}"), name))
        title = getattr(step.operation, "symbol", "") or step.operation.name
        group = groups.get(step.result, ())
        nodes.append(Node(name, "operation", title, type_of(step.result), group=group))
    for place, output in enumerate(program.outputs):
        name = f"output {place}"
        if isinstance(output, Constant):
            nodes.append(_constant(f"{name}:", output))
        nodes.append(Node(name, "result", name, type_of(output)))
        edges.append(Edge(_source(output, names, f"{name}:"), name))
    return Drawing(tuple(nodes), tuple(edges))


def _source(atom: Atom, names: dict[Var, str], constant: str) -> str:
    return names[atom] if isinstance(atom, Var) else constant


def _constant(name: str, constant: Constant) -> Node:
    return Node(name, "constant", text_of(constant, {}))


def _groups(program: Program) -> dict[Var, Group]:
    """Return a box for each result that loops compute, the same for those of one nest."""
    staged = Staged(program)
    known = set(program.inputs)
    boxes: dict[Var, Group] = {}
    number = 0
    for stage in staged.stages:
        if isinstance(stage, Call):
            known.add(stage.step.result)
            continue
        for nest in nests(stage.steps, staged.root, known):
            number += 1
            size = " × ".join(map(str, nest.shape)) or "single numbers"
            boxes |= dict.fromkeys(nest.results, (f"loop {number}: {size}",))
        known |= stage.results
    return boxes
