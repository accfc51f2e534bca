"""From a Value to what is drawn: which Values led to it, in which order and groups, and their text.

Everything here asks a Value for little more than its data, its operands and its gradient, so what
offers that is drawn as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from tinygrad_gates.core.scopes import calls_of, scopes_of
from tinygrad_gates.nodes import Edge, Field, Group, Node, Role
from tinygrad_gates.picture.folding import Outline
from tinygrad_gates.picture.labels import content, parameters

NO_GRADIENT_YET = "–"

MAX_SINGLE_EDGES = 3
"""Operations of more operands have one edge for each node that operands come from."""

T = TypeVar("T")
Mark = tuple[int, str]
"""A named part of a computation: where it began, and its name."""


def reach(
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


class Computation:
    """All that led to one Value.

    Args:
        root: the result.
        inputs: leaves to show as inputs although gradients flow to them.
        constants: whether constants belong to it.

    Raises:
        ValueError: if a Value in `inputs` is no leaf of this graph.

    Attributes:
        root: the result.
        reached: every Value that led to it, by identity, the nearest first.
    """

    def __init__(self, root: Any, inputs: Sequence[Any] = (), constants: bool = True) -> None:
        self.root = root
        self._marked = {id(leaf) for leaf in inputs}
        self._constants = constants
        self.reached: dict[Hashable, Any] = reach([root], self.before, id)
        _verify_inputs(inputs, self.reached)

    def role(self, value: Any) -> Role:
        """Return what a Value is in this computation."""
        if value._inputs:
            return "result" if value is self.root else "intermediate"
        return _role_of_leaf(value, id(value) in self._marked)

    def before(self, value: Any) -> Sequence[Any]:
        """Return the operands of a Value that belong to the computation."""
        if self._constants:
            return value._inputs
        return [operand for operand in value._inputs if self.role(operand) != "constant"]

    def in_order(self, limit: int | None = None) -> list[Any]:
        """Return the Values in the order of their computation, first operands first.

        A limit leaves those out that are farthest from the result.
        """
        kept = dict(islice(self.reached.items(), limit))
        ordered: list[Any] = []
        entered: set[int] = set()
        stack = [(self.root, False)]
        while stack:
            value, is_done = stack.pop()
            if is_done:
                ordered.append(value)
            elif id(value) not in entered:
                entered.add(id(value))
                stack.append((value, True))
                before = reversed(self.before(value))
                stack += [(operand, False) for operand in before if id(operand) in kept]
        return ordered

    def groups(self, values: Sequence[Any]) -> dict[int, Group]:
        """Return the group of each Value, by identity: the name scopes and layers around it."""
        marks = self._marks(values)
        titles = _titles(marks.values())
        return {name: titles[path] for name, path in marks.items()}

    def _marks(self, values: Sequence[Any]) -> dict[int, tuple[Mark, ...]]:
        """Return the named parts that each Value belongs to, the outermost first."""
        inside: dict[int, set[Mark]] = {id(value): set() for value in values}
        for value in values:
            inside[id(value)].update((start, name) for name, start in scopes_of(value))
            for name, start in calls_of(value):
                self._enter(value, (start, name), inside)
        marks = {name: tuple(sorted(found)) for name, found in inside.items()}
        for value, path in self._common_paths(values, marks):
            marks[id(value)] = path
        return marks

    def _enter(self, output: Any, call: Mark, inside: dict[int, set[Mark]]) -> None:
        """Note a call on all that it made on the way to one of its outputs."""
        stack = [output]
        while stack:
            value = stack.pop()
            found = inside.get(id(value))
            if found is None or call in found or not value._inputs or value._serial < call[0]:
                continue
            found.add(call)
            stack += value._inputs

    def _common_paths(
        self, values: Sequence[Any], marks: dict[int, tuple[Mark, ...]]
    ) -> Iterator[tuple[Any, tuple[Mark, ...]]]:
        """Yield for each leaf but inputs the parts that are around all that use it."""
        common: dict[int, tuple[Mark, ...]] = {}
        for value in values:
            for operand in value._inputs:
                own = marks[id(value)]
                common[id(operand)] = _prefix(common.get(id(operand), own), own)
        for value in values:
            if not value._inputs and self.role(value) != "input":
                yield value, common.get(id(value), ())

    def has_groups(self) -> bool:
        """Return whether a part of the computation has a name."""
        values = self.reached.values()
        return any(next(scopes_of(x), None) or next(calls_of(x), None) for x in values)

    def leaving(self, parts: Mapping[int, str]) -> dict[str, list[Any]]:
        """Return of each part the Values that others than itself use, or that are the result.

        Args:
            parts: the name of the part that a Value belongs to, by identity.
        """
        used: dict[str, dict[int, Any]] = {}
        for value in self.reached.values():
            part = parts.get(id(value))
            for operand in value._inputs:
                source = parts.get(id(operand))
                if source is not None and source != part:
                    used.setdefault(source, {})[id(operand)] = operand
        if id(self.root) in parts:
            used.setdefault(parts[id(self.root)], {})[id(self.root)] = self.root
        return {part: list(values.values()) for part, values in used.items()}

    # ---------------------------------------------------------------- nodes and edges

    def outline(self, values: Sequence[Any]) -> tuple[Outline, dict[str, Any]]:
        """Return what there is to draw of some Values, and the Value that each node is about.

        Each Value is a node; if it was computed, the operation before it is another.
        """
        owners: dict[str, Any] = {}
        groups: dict[str, Group] = {}
        edges: list[Edge] = []
        names: dict[int, str] = {}
        of_values = self.groups(values)
        for place, value in enumerate(values, 1):
            group = of_values[id(value)]
            names[id(value)] = name = f"v{place}"
            if value._inputs:
                operation = f"op{place}"
                owners[operation], groups[operation] = value, group
                tails = [names.get(id(operand), "") for operand in self.before(value)]
                edges += _arriving(tails, operation)
                edges.append(Edge(operation, name))
            owners[name], groups[name] = value, group
        return Outline(groups, edges, {}), owners

    def node(self, name: str, value: Any, group: Group) -> Node:
        """Return a node of an outline with its text."""
        if name.startswith("op"):
            detail = parameters(getattr(value, "_params", {}))
            return Node(name, "operation", value._op, detail, group=group)
        return _value_node(name, value, self.role(value), group)

    def folded(self, name: str, group: Group, inside: Collection[Any], out: Sequence[Any]) -> Node:
        """Return the node that stands for a folded group.

        Args:
            name: that of the node.
            group: where it is itself.
            inside: the Values in it.
            out: those that are used outside.
        """
        operations = sum(bool(value._inputs) for value in inside)
        size = sum(x.size for x in inside if self.role(x) == "parameter")
        lines = [_counted(operations, "operation")]
        if size:
            lines.append(_counted(size, "parameter"))
        fields: tuple[Field, ...] = ()
        if len(out) == 1:
            output = _value_node("", out[0], "intermediate", ())
            lines = [line for line in (output.detail, ", ".join(lines)) if line]
            fields = output.fields
        return Node(name, "folded", name.rpartition("/")[2], "\n".join(lines), fields, group)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _prefix(left: tuple[T, ...], right: tuple[T, ...]) -> tuple[T, ...]:
    """Return how far two paths go together."""
    length = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        length += 1
    return left[:length]


def _titles(paths: Iterable[tuple[Mark, ...]]) -> dict[tuple[Mark, ...], Group]:
    """Return a title for each part, which tells those of one name within the same part apart."""
    titles: dict[tuple[Mark, ...], Group] = {(): ()}
    used: dict[Group, int] = {}
    for path in sorted(set(paths)):
        for depth in range(1, len(path) + 1):
            if path[:depth] in titles:
                continue
            plain = (*titles[path[: depth - 1]], path[depth - 1][1].replace("/", "∕"))
            used[plain] = count = used.get(plain, 0) + 1
            titles[path[:depth]] = plain if count == 1 else (*plain[:-1], f"{plain[-1]} #{count}")
    return titles


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


def _value_node(name: str, value: Any, role: Role, group: Group) -> Node:
    # A Value keeps a copy of data that was read, so as to notice changes: ask for no more.
    data = value.numpy() if hasattr(value, "numpy") else value.data
    shape = np.shape(data)
    detail = f"{shape} {np.asarray(data).dtype}" if shape else ""
    is_bare = role == "constant" and not shape
    fields = [Field("" if is_bare else "data", content(data))]
    if not value.is_constant:
        fields.append(Field("grad", content(value.grad) if value.has_grad else NO_GRADIENT_YET))
    return Node(name, role, value.label, detail, tuple(fields), group)
