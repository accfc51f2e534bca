"""What a picture is made of: nodes and edges, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

Role = Literal["input", "parameter", "constant", "intermediate", "result", "operation", "folded"]
Group = tuple[str, ...]
"""The titles of the boxes around a node, the outermost first."""


@dataclass(frozen=True, slots=True)
class Field:
    """One named entry of a node, such as its gradient: text, or rows of a matrix.

    Attributes:
        name: what stands before it; may be empty.
        content: text, or a matrix as a sequence of rows of text.
    """

    name: str
    content: str | Sequence[Sequence[str]]

    @property
    def is_tall(self) -> bool:
        """Whether this is a matrix with more rows than columns."""
        return not isinstance(self.content, str) and len(self.content) > len(self.content[0])


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a picture.

    Attributes:
        name: what edges call it; unique in its graph, and stable from run to run.
        role: what it is, which decides its colour and shape.
        title: what is written first: the label of a value, the symbol of an operation.
        detail: small print: a shape and dtype, the parameters of an operation.
        fields: what a value holds.
        group: the titles of the boxes around it, the outermost first; empty for none.
    """

    name: str
    role: Role
    title: str = ""
    detail: str = ""
    fields: tuple[Field, ...] = ()
    group: Group = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from one node to another.

    Attributes:
        tail: the name of the node it leaves; empty for one that is left out of the picture.
        head: the name of the node it enters. Edges into an operation are given in the order of
            its operands, and one for each, so `a + a` has two.
        label: a short text on the arrow.
    """

    tail: str
    head: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges that can be drawn.

    Attributes:
        nodes: in the order in which they are computed.
        edges: between them.
    """

    nodes: Sequence[Node]
    edges: Sequence[Edge]

    if TYPE_CHECKING:

        def graph(self, **options: Any) -> Any:
            """Draw them: see `tinygrad_gates.picture.graph`."""
