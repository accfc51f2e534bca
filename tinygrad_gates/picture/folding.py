"""Folding: the nodes of a group drawn as one, and the edges that cross its border kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tinygrad_gates.nodes import Edge, Group


@dataclass(frozen=True)
class Outline:
    """What there is to draw, before any of its text is made.

    Attributes:
        groups: the group of each node, by the node's name, in the order of computation.
        edges: between nodes.
        members: of each folded group, by the name of the node that stands for it, the names of
            the nodes inside.
    """

    groups: Mapping[str, Group]
    edges: list[Edge]
    members: Mapping[str, list[str]]


def folded_name(group: Group) -> str:
    """Return the name of the node that stands for a folded group; no other has a `/` in front."""
    return "".join(f"/{part}" for part in group)


def all_groups(groups: Iterable[Group]) -> list[Group]:
    """Return groups with all those around them, in the order in which they are entered.

    >>> all_groups([(), ("model", "hidden"), ("model",)])
    [('model',), ('model', 'hidden')]
    """
    found = {group[:depth]: None for group in groups for depth in range(1, len(group) + 1)}
    return list(found)


def fold(groups: Mapping[str, Group], edges: Iterable[Edge], closed: Collection[Group]) -> Outline:
    """Draw each closed group as one node.

    Args:
        groups: the group of each node, by its name.
        edges: between nodes; those within a closed group go, and of the others that become the
            same one stays.
        closed: the groups to fold; those inside of a folded one need not be there.

    >>> outline = fold({"x": (), "h": ("hidden",)}, [Edge("x", "h")], {("hidden",)})
    >>> list(outline.groups), outline.edges
    (['x', '/hidden'], [Edge(tail='x', head='/hidden', label='')])
    """
    shown = {name: _stand_in(name, group, closed) for name, group in groups.items()}
    visible: dict[str, Group] = {}
    members: dict[str, list[str]] = {}
    for name, group in groups.items():
        if shown[name] == name:
            visible[name] = group
        else:
            visible.setdefault(shown[name], tuple(shown[name].split("/")[1:-1]))
            members.setdefault(shown[name], []).append(name)
    return Outline(visible, list(_crossing(edges, shown)), members)


def _stand_in(name: str, group: Group, closed: Collection[Group]) -> str:
    """Return the name of what is drawn for a node: the outermost closed group, or itself."""
    for depth in range(1, len(group) + 1):
        if group[:depth] in closed:
            return folded_name(group[:depth])
    return name


def _crossing(edges: Iterable[Edge], shown: Mapping[str, str]) -> Iterator[Edge]:
    passed: set[tuple[str, str]] = set()
    for edge in edges:
        tail, head = shown.get(edge.tail, ""), shown[edge.head]
        if tail == edge.tail and head == edge.head:
            yield edge
        elif tail != head and (tail, head) not in passed:
            passed.add((tail, head))
            yield replace(edge, tail=tail, head=head, label="")


def closed_to_fit(groups: Mapping[str, Group], limit: int) -> set[Group]:
    """Return which groups to fold so that at most so many nodes are drawn, if that is possible.

    Groups at the same depth are folded together, the innermost first.

    >>> sorted(closed_to_fit({"a": ("m", "h"), "b": ("m", "h"), "c": ("m",), "d": ()}, 3))
    [('m', 'h')]
    """
    every = all_groups(groups.values())
    deepest = max(map(len, every), default=0)
    for depth in range(deepest, -1, -1):
        drawn = sum(len(group) <= depth for group in groups.values())
        drawn += sum(len(group) == depth + 1 for group in every)
        if drawn <= limit or not depth:
            return {group for group in every if len(group) > depth}
    return set()
