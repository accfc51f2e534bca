"""The pictures that the player shows: one for each way of folding, with all parts marked.

Folding changes where everything stands, and Graphviz is not at hand in a browser; so the pictures
are drawn beforehand, as many as are worth it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice
from typing import Any

from tinygrad_gates.nodes import Edge, Field, Group, Node
from tinygrad_gates.picture.dot import LINE, STYLES, draw
from tinygrad_gates.picture.folding import all_groups, closed_to_fit, fold, folded_name
from tinygrad_gates.picture.graph import left_out, nearest_nodes, nodes_of
from tinygrad_gates.picture.labels import GRADIENT, MUTED, TEXT, TEXT_SIZE, content
from tinygrad_gates.picture.values import Computation

MAX_PICTURES = 16
MAX_DRAWN = 1000
"""How many nodes all pictures together have, beyond those of the first."""

_WORK = 500_000
"""How many nodes are looked at in search of ways of folding that can be drawn."""

SVG = "http://www.w3.org/2000/svg"
ET.register_namespace("", SVG)

_UNNEEDED = ("id", "font-family", "{http://www.w3.org/XML/1998/namespace}space")
"""What the page's style says once for all, or nobody asks for."""

_COLOUR = re.compile("#[0-9a-f]{6}")

State = tuple[list[Node], list[Edge]]


class Layouts:
    """The pictures of a computation.

    Args:
        computation: what to draw.
        values: those of its Values that are drawn somewhere, in their order.
        limit: how many nodes are drawn at most.
        texts: what is written for the gradient of a Value, by identity: the widest of what it
            will be, so that there is room.
        titles: what a Value is called, by identity.

    Attributes:
        start: the folded groups at first.
        groups: every group.
    """

    def __init__(
        self,
        computation: Computation,
        values: Sequence[Any],
        limit: int,
        texts: Mapping[int, Any],
        titles: Mapping[int, str],
    ) -> None:
        self._computation, self._limit = computation, limit
        self._texts, self._titles = texts, titles
        self._outline, self._owners = computation.outline(values)
        groups = {n: g for n, g in self._outline.groups.items() if n.startswith("v")}
        self.groups = all_groups(groups.values())
        self.start = frozenset(closed_to_fit(groups, limit))
        self.note = left_out(len(values), len(computation.reached), "values")
        self._single: dict[str, Any | None] = {}

    def states(self) -> dict[frozenset[Group], State]:
        """Return the nodes and edges for each way of folding that is drawn."""
        drawn = {self.start: self._drawn(self.start)}
        room, tries = MAX_DRAWN, _WORK // (1 + len(self._owners))
        for closed in islice(self._ways(), tries):
            if len(drawn) == MAX_PICTURES or room < 0:
                break
            if closed not in drawn and self._fits(closed):
                drawn[closed] = self._drawn(closed)
                room -= len(drawn[closed][0])
        return drawn

    def _ways(self) -> Iterator[frozenset[Group]]:
        """Yield ways of folding, those that are most asked for first."""
        every = frozenset(self.groups)
        yield frozenset()
        yield every
        for number in (1, *range(2, len(every))):
            for opened in combinations(self.groups, number):
                around = {group[:depth] for group in opened for depth in range(1, len(group))}
                yield every - set(opened) - around

    def _fits(self, closed: frozenset[Group]) -> bool:
        shown = fold(self._outline.groups, [], closed)
        return len(shown.groups) <= 2 * self._limit

    def _drawn(self, closed: frozenset[Group]) -> State:
        shown = fold(self._outline.groups, self._outline.edges, closed)
        nodes, edges = list(nodes_of(self._computation, shown, self._owners)), shown.edges
        if not self.note:  # all of it is there, and may be too much even folded
            nodes, edges, self.note = nearest_nodes(nodes, edges, 2 * self._limit)
        return [self._with_room(node) for node in nodes], edges

    def _with_room(self, node: Node) -> Node:
        """Return a node that is wide enough for all gradients that it will show."""
        value = self.value_of(node)
        if value is None or node.role == "operation":
            return node
        fields = tuple(field for field in node.fields if field.name != "grad")
        if id(value) in self._texts:
            fields += (Field("grad", self._texts[id(value)]),)
        is_bare = node.role in ("folded", "constant")
        return replace(
            node, fields=fields, title=node.title if is_bare else self._titles[id(value)]
        )

    def value_of(self, node: Node) -> Any | None:
        """Return the Value that a node shows; of a folded group, the only one that leaves it."""
        if node.role != "folded":
            return self.owner(node.name)
        if node.name not in self._single:
            parts = {id(self._owners[member]): node.name for member in self.members(node.name)}
            leaving = self._computation.leaving(parts).get(node.name, [])
            self._single[node.name] = leaving[0] if len(leaving) == 1 else None
        return self._single[node.name]

    def owner(self, name: str) -> Any:
        """Return the Value that a node of the unfolded picture is about."""
        return self._owners[name]

    def around(self, states: Iterable[State]) -> dict[str, str]:
        """Return the group that each node drawn, and each group, is in, by its folded name."""
        inside = {folded_name(group): folded_name(group[:-1]) for group in self.groups}
        for nodes, _ in states:
            inside |= {node.name: folded_name(node.group) for node in nodes}
        return {name: group for name, group in inside.items() if group}

    def members(self, folded: str) -> list[str]:
        """Return the names of the nodes in a folded group."""
        return [name for name, group in self._outline.groups.items() if _is_within(group, folded)]


def _is_within(group: Group, name: str) -> bool:
    return f"{folded_name(group)}/".startswith(f"{name}/")


def widest(datas: Iterable[Any]) -> Any:
    """Return the text of data, or of a matrix entry by entry the widest of several."""
    texts = [content(data) for data in datas]
    if any(isinstance(text, str) for text in texts):
        return max(map(str, texts), key=len)
    matrices = [[entry for row in text for entry in row] for text in texts]
    entries = [max(same, key=len) for same in zip(*matrices, strict=True)]
    width = len(texts[0][0])
    return tuple(tuple(entries[i : i + width]) for i in range(0, len(entries), width))


# -------------------------------------------------------------------- marking an SVG


def picture(nodes: Sequence[Node], edges: Sequence[Edge], rankdir: str) -> str:
    """Return an SVG whose parts say what they are, with colours that a page's theme decides."""
    drawing = draw(nodes, edges, rankdir=rankdir)
    root = ET.fromstring(drawing.pipe("svg"))
    boxes = all_groups(node.group for node in nodes)
    for element in root.iter(f"{{{SVG}}}g"):
        title = element.find(f"{{{SVG}}}title")
        name = "" if title is None or title.text is None else title.text
        if title is not None:
            element.remove(title)
        kind = element.get("class", "")
        if kind == "node" and name[1:].isdigit():
            _mark_node(element, nodes[int(name[1:]) - 1])
        elif kind == "cluster":
            box = boxes[int(name.rpartition("_")[2]) - 1]
            element.set("data-group", folded_name(box))
        elif kind == "edge":
            tail, head = (end.partition(":")[0] for end in name.split("->"))
            for end, mark in ((tail, "data-tail"), (head, "data-head")):
                if end[1:].isdigit():
                    element.set(mark, nodes[int(end[1:]) - 1].name)
    for element in root.iter():
        for unneeded in _UNNEEDED:
            element.attrib.pop(unneeded, None)
        _theme(element)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    return ET.tostring(root, encoding="unicode")


def _mark_node(element: ET.Element, node: Node) -> None:
    element.set("class", f"node {node.role}")
    element.set("data-name", node.name)
    if node.role == "operation":
        return
    for text in element.iter(f"{{{SVG}}}text"):
        size = float(text.get("font-size", "0"))
        if size == TEXT_SIZE and text.get("font-weight") != "bold":
            is_gradient = text.get("fill", "").upper() == GRADIENT
            text.set("class", "grad" if is_gradient else "data")


def _theme(element: ET.Element) -> None:
    """Give a colour by the name that it has in the page's style."""
    for attribute in ("fill", "stroke"):
        colour = _NAMES.get(element.get(attribute, "").upper())
        if colour is not None:
            element.set(attribute, f"var(--{colour})")


def _named_colours() -> Iterator[tuple[str, str]]:
    yield from ((TEXT, "text"), (MUTED, "muted"), (GRADIENT, "grad"), (LINE, "line"))
    for role, style in STYLES.items():
        for part in ("fillcolor", "color"):
            if part in style and style[part] not in (LINE, "#FFFFFF"):
                yield style[part], f"{role}-{part.removesuffix('color') or 'line'}"
    yield "#FFFFFF", "page"
    yield "BLACK", "text"


_NAMES = dict(_named_colours())


def colours() -> dict[str, str]:
    """Return the colours of the light theme, by the name that a page's style gives them."""
    return {name: colour for colour, name in _NAMES.items() if _COLOUR.match(colour.lower())}
