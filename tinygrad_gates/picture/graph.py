"""The picture of a computation: its values and operations, from the leaves to the result."""

from __future__ import annotations

from collections.abc import Collection, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import index
from typing import Any

from tinygrad_gates.nodes import Edge, Group, Node
from tinygrad_gates.picture.dot import Graph, draw
from tinygrad_gates.picture.folding import Outline, all_groups, closed_to_fit, fold
from tinygrad_gates.picture.values import Computation, reach

MAX_NODES = 200
"""The number of values that are drawn unless more are asked for."""

Fold = bool | Collection[str] | None
"""Which groups are folded: all, none, those of some names, or as many as needed."""


def graph(
    value: Any,
    *,
    max_nodes: int | None = MAX_NODES,
    fold: Fold = None,
    inputs: Sequence[Any] = (),
    constants: bool = True,
    rankdir: str = "LR",
    legend: bool = False,
) -> Graph:
    """Return the picture of how a Value was computed.

    Values show their label, shape and dtype, data, and gradient (– before a backward pass);
    operations show their symbol and parameters. Where the order of operands matters, the first
    enters at the top. Colour and shape tell inputs (labelled constants), parameters (leaves that
    gradients flow to), constants, intermediate values and the result apart. What a layer or a
    `name_scope` computed has a box around it; folded, it is one node.

    Args:
        value: the result: a `Value`; or anything that has `nodes` and `edges`, in the classes of
            `tinygrad_gates.picture`.
        max_nodes: how many values are drawn, those nearest to the result first; a note says how
            many were left out. None draws all.
        fold: whether layers and name scopes are folded: True for all, False for none, or the
            names of some. By default, of a graph that is too large, the innermost first.
        inputs: leaves to show as inputs although gradients flow to them.
        constants: whether constants are drawn.
        rankdir: where edges lead: "LR" to the right, "TB" down, "RL" to the left, "BT" up.
        legend: whether to add the meaning of shapes and colours.

    Raises:
        TypeError: if `value` has no graph, or `max_nodes` is no integer.
        ValueError: if `max_nodes` is not positive, the direction is unknown, a Value in `inputs`
            is no leaf of this graph, or nothing is called as `fold` says.

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
        nodes, edges, note = _of_values(Computation(value, inputs, constants), max_nodes, fold)
    elif hasattr(value, "nodes") and hasattr(value, "edges"):
        nodes, edges, note = nearest_nodes(value.nodes, value.edges, max_nodes, constants)
    else:
        raise TypeError(
            f"graph draws a Value, or an object with nodes and edges; got {type(value).__name__}. "
            f"Only Values remember how they were computed: start from Value(...)."
        )
    return draw(nodes, edges, note=note, rankdir=rankdir, legend=legend)


# -------------------------------------------------------------------- from Values


def _of_values(
    computation: Computation, limit: int | None, fold_what: Fold
) -> tuple[list[Node], list[Edge], str]:
    total = len(computation.reached)
    fits = limit is None or total <= limit
    if not fits and (fold_what is False or not computation.has_groups()):
        assert limit is not None
        outline, owners = computation.outline(computation.in_order(limit))
        nodes = list(nodes_of(computation, outline, owners))
        return nodes, outline.edges, left_out(limit, total, "values")
    outline, owners = computation.outline(computation.in_order())
    groups = {name: g for name, g in outline.groups.items() if name.startswith("v")}
    closed = _closed(groups, fold_what, None if fits else limit)
    if not closed:
        return list(nodes_of(computation, outline, owners)), outline.edges, ""
    shown = fold(outline.groups, outline.edges, closed)
    nodes = list(nodes_of(computation, shown, owners))
    nodes, edges, note = nearest_nodes(nodes, shown.edges, limit and 2 * limit, constants=True)
    return nodes, edges, note or ("" if fold_what is not None else _FOLDED)


_FOLDED = "The whole is large: parts are folded.\nTo unfold them: graph(max_nodes=None)"


def _closed(groups: dict[str, Group], fold_what: Fold, limit: int | None) -> set[Group]:
    """Return the groups to fold; a limit of None folds nothing that was not asked for."""
    if fold_what is None:
        return set() if limit is None else closed_to_fit(groups, limit)
    if isinstance(fold_what, bool):
        return {group for group in all_groups(groups.values()) if fold_what}
    if isinstance(fold_what, str):
        raise TypeError(f"fold is True, False or a list of names; got {fold_what!r}: write [...]")
    every = all_groups(groups.values())
    for name in fold_what:
        if not any(group[-1] == name for group in every):
            known = ", ".join(sorted({repr(group[-1]) for group in every})) or "none"
            raise ValueError(f"graph: no layer or name scope here is called {name!r}: {known}")
    return {group for group in every if group[-1] in fold_what}


def nodes_of(computation: Computation, shown: Outline, owners: dict[str, Any]) -> Iterator[Node]:
    """Yield the nodes of an outline, in which groups may have been folded, with their text."""
    parts = {id(owners[x]): name for name, inside in shown.members.items() for x in inside}
    leaving = computation.leaving(parts) if parts else {}
    for name, group in shown.groups.items():
        if name not in shown.members:
            yield computation.node(name, owners[name], group)
            continue
        inside = {id(x): x for x in (owners[member] for member in shown.members[name])}
        yield computation.folded(name, group, inside.values(), leaving.get(name, []))


# -------------------------------------------------------------------- from nodes and edges


def nearest_nodes(
    nodes: Iterable[Node], edges: Iterable[Edge], limit: int | None, constants: bool = True
) -> tuple[list[Node], list[Edge], str]:
    """Return the nodes nearest to the last ones, the edges between them, and a note of the rest.

    Raises `ValueError` for an edge that joins no given node.
    """
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
    reached = reach([name for name in shown if name not in inner], tails.__getitem__, str)
    reached.update((name, name) for name in shown if name not in reached)  # on a cycle
    kept = dict(islice(reached.items(), limit))
    return (
        [node for name, node in shown.items() if name in kept],
        list(_edges_left(edges, kept)),
        left_out(len(kept), len(reached), "nodes"),
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


def left_out(drawn: int, total: int, what: str) -> str:
    """Return the note that says how much of a graph is not drawn; empty if all is."""
    if drawn == total:
        return ""
    return (
        f"{total - drawn:,} of {total:,} {what} are left out:\n"
        f"drawn are the {drawn:,} nearest the result.\n"
        f"For more: graph(max_nodes={min(total, 2 * drawn)})"
    )
