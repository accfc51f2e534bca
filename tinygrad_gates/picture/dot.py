"""Nodes and edges in the style of their roles, as DOT: anything that has both can be drawn."""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import graphviz

from tinygrad_gates.files import write_bytes
from tinygrad_gates.nodes import Edge, Group, Node, Role
from tinygrad_gates.picture.labels import (
    escape,
    operation_label,
    text_label,
    value_label,
)
from tinygrad_gates.picture.render import kind_of, render

# Colours keep apart for every kind of colour vision, and shapes say the same without colour.
# Fills are light and text is dark, so that both hold on any page; lines between nodes are of a
# grey that stands out from white and from black alike.
LINE = "#7A7A7A"
STYLES: dict[str, dict[str, str]] = {
    "input": {"style": "filled,rounded", "fillcolor": "#DBEAFB", "color": "#1F5FA8"},
    "parameter": {"fillcolor": "#FDE6C8", "color": "#A85A00", "penwidth": "2.8"},
    "constant": {"style": "filled,dashed", "fillcolor": "#DDDDDD", "color": "#555555"},
    "intermediate": {"fillcolor": "#FFFFFF", "color": LINE},
    "result": {"peripheries": "2", "fillcolor": "#DAF2DC", "color": "#1B7A34"},
    "operation": {
        "shape": "ellipse",
        "fillcolor": "#FFFFFF",
        "color": "#444444",
        "margin": "0.04,0.02",
        "width": "0.4",
        "height": "0.4",
    },
    "folded": {"style": "filled,rounded", "fillcolor": "#E9E1F5", "color": "#6A3D9A"},
    "box": {"style": "rounded,filled", "fillcolor": "#F4F4F4", "color": LINE},
    "note": {"shape": "note", "fillcolor": "#FFF6BF", "color": "#8A7400"},
    "stub": {
        "shape": "plaintext",
        "style": "",
        "fontcolor": LINE,
        "width": "0",
        "height": "0",
    },
}

_COMMUTATIVE = {"+", "×"}
_LEGEND: Sequence[Role] = (
    "input",
    "constant",
    "parameter",
    "operation",
    "intermediate",
    "result",
)
# Where edges enter a node, in the order of operands, by the direction of the picture.
_ENTRANCES: dict[str, Sequence[str]] = {
    "LR": ("nw", "w", "sw"),
    "TB": ("nw", "n", "ne"),
    "RL": ("ne", "e", "se"),
    "BT": ("sw", "s", "se"),
}


class Graph(graphviz.Digraph):  # type: ignore[misc]
    """A picture that a notebook displays by itself, and that `save` writes to a file.

    It is a `graphviz.Digraph`, so its attributes can be changed (`graph.attr(rankdir="TB")`)
    and nodes added, but it needs no system Graphviz: see `tinygrad_gates.picture.render`.
    Its DOT text is `graph.source`.
    """

    def pipe(
        self, format: str | None = None, *, encoding: str | None = None, **ignored: Any
    ) -> bytes | str:
        """Return the picture as bytes, or as text if an encoding is given.

        Args:
            format: "svg" (the default), "png" or "pdf".
            encoding: that of the text wanted.

        Raises:
            RenderError: as `tinygrad_gates.picture.render.render` does.
        """
        picture = render(self.source, format or "svg")
        return picture.decode(encoding) if encoding else picture

    def _repr_svg_(self) -> str:
        return render(self.source, "svg").decode()

    def _repr_mimebundle_(
        self,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        **ignored: Any,
    ) -> dict[str, Any]:
        wanted = {"image/svg+xml"} if include is None else set(include)
        wanted -= set(exclude or ())
        kinds = {"image/svg+xml": "svg", "image/png": "png"}
        bundle: dict[str, Any] = {}
        for mime, kind in kinds.items():
            if mime in wanted:
                picture = render(self.source, kind)
                bundle[mime] = picture.decode() if kind == "svg" else picture
        return bundle

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, whole or not at all, and return its path.

        Args:
            path: ends in .svg, .png, .pdf (with a system Graphviz), or .dot or .gv for the text.

        Raises:
            RenderError: if the name ends in nothing of these, or the picture cannot be drawn.
            FileNotFoundError: if the folder does not exist.
        """
        kind, path = kind_of(path), Path(path)
        if not path.parent.is_dir():
            raise FileNotFoundError(f"There is no folder {str(path.parent)!r} to save a graph in")
        picture = self.source.encode() if kind in ("dot", "gv") else render(self.source, kind)
        write_bytes(path, picture)
        return path

    def render(
        self,
        filename: str | os.PathLike[str] = "graph.gv",
        directory: str | os.PathLike[str] = "",
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
    ) -> str:
        """Write the DOT text to `filename` and the picture beside it, as `graphviz` does.

        Args:
            filename: that of the DOT text; the picture's has the format added.
            directory: the folder, which must exist.
            view: whether to open the picture.
            cleanup: whether to write the picture alone.
            format: "svg" (the default), "png" or "pdf".

        Returns:
            The path of the picture. Raises what `save` raises.
        """
        text = Path(directory, filename)
        picture = self.save(f"{text}.{format or 'svg'}")
        if not cleanup:
            write_bytes(text, self.source.encode())
        if view:
            webbrowser.open(picture.resolve().as_uri())
        return str(picture)


def draw(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    *,
    note: str = "",
    rankdir: str = "LR",
    legend: bool = False,
) -> Graph:
    """Return the picture of nodes and edges.

    Args:
        nodes: in the order in which they are computed; DOT keeps to it where it can.
        edges: between them.
        note: what else the reader has to know, such as what was left out.
        rankdir: where edges lead: "LR" to the right, "TB" down, "RL" to the left, "BT" up.
        legend: whether to add the meaning of shapes and colours.

    Raises:
        ValueError: for an unknown direction.
    """
    if rankdir not in _ENTRANCES:
        raise ValueError(f"rankdir is one of {', '.join(_ENTRANCES)}; got {rankdir!r}")
    picture = _blank(rankdir)
    # The names in DOT are our own: a given one could mean a port (`a:n`) or markup there.
    names: dict[str, str] = {}
    ordered: set[str] = set()
    boxes: dict[Group, Graph] = {(): picture}
    for place, node in enumerate(nodes, 1):
        names[node.name] = f"n{place}"
        _open_boxes(node.group, boxes)
        boxes[node.group].node(f"n{place}", _label(node), _attributes=STYLES[node.role])
        if node.role == "operation" and node.title not in _COMMUTATIVE:
            ordered.add(node.name)
    for group in sorted(boxes, key=len, reverse=True):
        if group:
            boxes[group[:-1]].subgraph(boxes[group])
    arriving: dict[str, list[Edge]] = {}
    for edge in edges:
        arriving.setdefault(edge.head, []).append(edge)
    for head, entering in arriving.items():
        entrances = _ENTRANCES[rankdir] if head in ordered else ()
        _add_edges(picture, entering, names, entrances)
    if note:
        picture.node("note", text_label(note), _attributes=STYLES["note"])
    if legend:
        _add_legend(picture)
    return picture


def _open_boxes(group: Group, boxes: dict[Group, Graph]) -> None:
    """Make the boxes of a group that are not there yet, the outermost first."""
    if group in boxes:
        return
    for depth, title in enumerate(group, 1):
        if group[:depth] not in boxes:
            box = boxes[group[:depth]] = Graph(name=f"cluster_{len(boxes)}")
            box.attr(label=f"<{escape(title)}>", _attributes=STYLES["box"])


def _add_edges(
    picture: Graph,
    group: Sequence[Edge],
    names: Mapping[str, str],
    entrances: Sequence[str],
) -> None:
    """Add the edges into one node; where their order matters, the first enters at the top."""
    head = names[group[0].head]
    ports: Sequence[str | None] = [None] * len(group)
    if entrances and len({edge.tail for edge in group}) > 1:
        ports = {2: entrances[::2], 3: entrances}.get(len(group), ports)
    for place, (edge, port) in enumerate(zip(group, ports, strict=True), 1):
        attributes = {
            "headport": port,
            "label": f"<{escape(edge.label)}>" if edge.label else None,
        }
        if edge.tail:
            picture.edge(names[edge.tail], head, _attributes=attributes)
        else:
            stub = f"{head}_{place}"
            picture.node(stub, "...", _attributes=STYLES["stub"])
            picture.edge(stub, head, _attributes=attributes | {"style": "dashed"})


def _blank(rankdir: str) -> Graph:
    return Graph(
        name="graph",
        format="svg",
        graph_attr={
            "rankdir": rankdir,
            "bgcolor": "transparent",
            "pad": "0.15",
            "nodesep": "0.22",
            "ranksep": "0.4",
            "fontname": "Helvetica",
        },
        node_attr={
            "fontname": "Helvetica",
            "fontsize": "12",
            "fontcolor": "#1A1A1A",
            "shape": "box",
            "style": "filled",
            "margin": "0",
            "width": "0.3",
            "height": "0.3",
        },
        edge_attr={
            "color": LINE,
            "penwidth": "1.2",
            "arrowsize": "0.7",
            "fontname": "Helvetica",
            "fontsize": "10",
            "fontcolor": LINE,
        },
    )


def _label(node: Node) -> str:
    if node.role == "operation":
        return operation_label(node.title, node.detail)
    return value_label(node.title, node.detail, node.fields, STYLES[node.role]["color"])


def _add_legend(picture: Graph) -> None:
    for role in _LEGEND:
        picture.node(f"legend_{role}", text_label(role), _attributes=STYLES[role])
    for left, right in pairwise(_LEGEND):
        picture.edge(f"legend_{left}", f"legend_{right}", style="invis")
