"""The picture of a computation: its values and operations, from the leaves to the result."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import index
from typing import Any, TypeVar

import numpy as np

from tinygrad_gates.nodes import Edge, Field, Node, Role
from tinygrad_gates.picture.dot import Graph, draw
from tinygrad_gates.picture.labels import content, parameters

MAX_NODES = 200
"""The number of values that are drawn unless more are asked for."""

NO_GRADIENT_YET = "–"

MAX_SINGLE_EDGES = 3
"""Operations of more operands have one edge for each node that operands come from."""

T = TypeVar("T")


def graph(
    value: Any,
    *,
    max_nodes: int | None = MAX_NODES,
    inputs: Sequence[Any] = (),
    constants: bool = True,
    rankdir: str = "LR",
    legend: bool = False,
) -> Graph:
    """Return the picture of how a Value was computed.

    Values show their label, shape and dtype, data, and gradient (– before a backward pass);
    operations show their symbol and parameters. Where the order of operands matters, the first
    enters at the top. Colour and shape tell inputs (labelled constants), parameters (leaves that
    gradients flow to), constants, intermediate values and the result apart.

    Args:
        value: the result: a `Value`; or anything that has `nodes` and `edges`, in the classes of
            `tinygrad_gates.picture`.
        max_nodes: how many values are drawn, those nearest to the result first; a note says how
            many were left out. None draws all.
        inputs: leaves to show as inputs although gradients flow to them.
        constants: whether constants are drawn.
        rankdir: where edges lead: "LR" to the right, "TB" down, "RL" to the left, "BT" up.
        legend: whether to add the meaning of shapes and colours.

    Raises:
        TypeError: if `value` has no graph, or `max_nodes` is no integer.
        ValueError: if `max_nodes` is not positive, the direction is unknown, or a Value in
            `inputs` is no leaf of this graph.

    >>> from tinygrad_gates import Value
    >>> picture = graph(Value(2.0, label="x") * 3)
    >>> picture.source.count("->")
    3
    """
    if max_nodes is not None and index(max_nodes) < 1:
        raise ValueError(f"max_nodes is a positive number, or None for all; got {max_nodes}")
    if hasattr(inputs, "_inputs"):
        raise TypeError("inputs is a list of Values; got one Value: write inputs=[x]")
    if hasattr(value, "_inputs"):
        nodes, edges, note = _of_values(value, max_nodes, inputs, constants)
    elif hasattr(value, "nodes") and hasattr(value, "edges"):
        nodes, edges, note = _of_nodes(value.nodes, value.edges, max_nodes, constants)
    else:
        raise TypeError(
            f"graph draws a Value, or an object with nodes and edges; got {type(value).__name__}. "
            f"Only Values remember how they were computed: start from Value(...)."
        )
    return draw(nodes, edges, note=note, rankdir=rankdir, legend=legend)


# -------------------------------------------------------------------- which nodes


def _reach(
    roots: Iterable[T], before: Callable[[T], Sequence[T]], key: Callable[[T], Hashable]
) -> dict[Hashable, T]:
    """Return all that leads to the roots, by key, the nearest first."""
    reached = {key(root): root for root in roots}
    waiting = deque(reached.values())
    while waiting:
        for node in before(waiting.popleft()):
            if key(node) not in reached:
                reached[key(node)] = node
                waiting.append(node)
    return reached


def _nearest(reached: dict[Hashable, T], limit: int | None) -> dict[Hashable, T]:
    return dict(islice(reached.items(), limit))


def _in_order(root: T, before: Callable[[T], Sequence[T]], kept: dict[Hashable, T]) -> list[T]:
    """Return the nodes that were kept in the order of their computation, first operands first."""
    ordered: list[T] = []
    entered: set[int] = set()
    stack = [(root, False)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            ordered.append(node)
        elif id(node) not in entered:
            entered.add(id(node))
            stack.append((node, True))
            stack += [(operand, False) for operand in reversed(before(node)) if id(operand) in kept]
    return ordered


def _note(drawn: int, total: int, what: str) -> str:
    if drawn == total:
        return ""
    return (
        f"{total - drawn:,} of {total:,} {what} are left out:\n"
        f"drawn are the {drawn:,} nearest the result.\n"
        f"For more: graph(max_nodes={min(total, 2 * drawn)})"
    )


# -------------------------------------------------------------------- from Values


def _of_values(
    root: Any, limit: int | None, inputs: Sequence[Any], constants: bool
) -> tuple[list[Node], list[Edge], str]:
    marked = {id(leaf) for leaf in inputs}

    def role(value: Any) -> Role:
        if value._inputs:
            return "result" if value is root else "intermediate"
        return _role_of_leaf(value, id(value) in marked)

    def before(value: Any) -> Sequence[Any]:
        if constants:
            return value._inputs
        return [operand for operand in value._inputs if role(operand) != "constant"]

    reached = _reach([root], before, id)
    _verify_inputs(inputs, reached)
    kept = _nearest(reached, limit)
    names: dict[int, str] = {}
    nodes: list[Node] = []
    edges: list[Edge] = []
    for place, value in enumerate(_in_order(root, before, kept), 1):
        names[id(value)] = name = f"v{place}"
        if value._inputs:
            operation = f"op{place}"
            nodes.append(_operation(operation, value))
            edges += _arriving([names.get(id(x), "") for x in before(value)], operation)
            edges.append(Edge(operation, name))
        nodes.append(_value(name, value, role(value)))
    return nodes, edges, _note(len(kept), len(reached), "values")


def _arriving(tails: Sequence[str], head: str) -> list[Edge]:
    """Return the edges of operands; an empty name is that of one left out.

    Many operands get one edge for each node that they come from, with their places on it.
    """
    if len(tails) <= MAX_SINGLE_EDGES:
        return [Edge(tail, head) for tail in tails]
    places: dict[str, list[int]] = {}
    for place, tail in enumerate(tails, 1):
        places.setdefault(tail, []).append(place)
    return [Edge(tail, head, _enumeration(found)) for tail, found in places.items()]


def _enumeration(places: Sequence[int]) -> str:
    shown = ", ".join(map(str, places[:3]))
    return shown if len(places) <= 3 else f"{shown}, …"


def _role_of_leaf(value: Any, is_marked: bool) -> Role:
    if is_marked:
        return "input"
    if not value.is_constant:
        return "parameter"
    return "input" if value.label else "constant"


def _verify_inputs(inputs: Sequence[Any], reached: dict[Hashable, Any]) -> None:
    for place, leaf in enumerate(inputs):
        if id(leaf) not in reached:
            raise ValueError(f"graph: inputs[{place}] takes no part in this computation: {leaf!r}")
        if leaf._inputs:
            raise ValueError(f"graph: inputs[{place}] was computed, it is no leaf: {leaf!r}")


def _operation(name: str, value: Any) -> Node:
    return Node(name, "operation", value._op, parameters(getattr(value, "_params", {})))


def _value(name: str, value: Any, role: Role) -> Node:
    # A Value keeps a copy of data that was read, so as to notice changes: ask for no more.
    data = value.numpy() if hasattr(value, "numpy") else value.data
    shape = np.shape(data)
    detail = f"{shape} {np.asarray(data).dtype}" if shape else ""
    is_bare = role == "constant" and not shape
    fields = [Field("" if is_bare else "data", content(data))]
    if not value.is_constant:
        fields.append(Field("grad", content(value.grad) if value.has_grad else NO_GRADIENT_YET))
    return Node(name, role, value.label, detail, tuple(fields))


# -------------------------------------------------------------------- from nodes and edges


def _of_nodes(
    nodes: Iterable[Node], edges: Iterable[Edge], limit: int | None, constants: bool
) -> tuple[list[Node], list[Edge], str]:
    everything = {node.name: node for node in nodes}
    edges = list(edges)
    for edge in edges:
        if edge.tail not in everything or edge.head not in everything:
            raise ValueError(f"graph: the edge {edge.tail!r} -> {edge.head!r} joins no given node")
    shown = {n: node for n, node in everything.items() if constants or node.role != "constant"}
    edges = [edge for edge in edges if edge.tail in shown and edge.head in shown]
    tails: dict[str, list[str]] = {name: [] for name in shown}
    for edge in edges:
        tails[edge.head].append(edge.tail)
    inner = {edge.tail for edge in edges}
    reached = _reach([name for name in shown if name not in inner], tails.__getitem__, str)
    reached.update((name, name) for name in shown if name not in reached)  # on a cycle
    kept = _nearest(reached, limit)
    return (
        [node for name, node in shown.items() if name in kept],
        list(_edges_left(edges, kept)),
        _note(len(kept), len(reached), "nodes"),
    )


def _edges_left(edges: Iterable[Edge], kept: Container[Hashable]) -> Iterator[Edge]:
    """Yield the edges into nodes that were kept, and one for all others that enter a node."""
    cut: set[str] = set()
    for edge in edges:
        if edge.head in kept and edge.tail in kept:
            yield edge
        elif edge.head in kept and edge.head not in cut:
            cut.add(edge.head)
            yield replace(edge, tail="")
