"""What happens in a computation, step by step: each operation forward, then each one backward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

import numpy as np

from tinygrad_gates.core import Value
from tinygrad_gates.core.backward import as_cotangent, sent_by
from tinygrad_gates.picture.player.formulas import (
    Formula,
    Part,
    Quantity,
    quantity,
    text_of,
    without_cotangent,
    written,
)
from tinygrad_gates.picture.rules import arguments_of, taken

Kind = Literal["start", "forward", "seed", "backward"]

_INFIX = {"+", "−", "×", "÷", "@", "**", "//", "mod"}
_BEHIND = {"x²": "²", "ᵀ": "ᵀ", "[i]": "[i]"}
_SHOWN = "shown"


@dataclass(slots=True)
class Line:
    """One line of explanation: a heading, and formulas that are equal to each other."""

    heading: str
    formulas: list[Formula]


@dataclass(slots=True)
class Step:
    """One step of the player.

    Attributes:
        kind: what happens.
        node: the name of the node where it happens; empty at the start.
        value: the Value that is computed, or whose gradient is sent on; None at the start.
        title: what happens, in a few words.
        lines: the formulas.
        sent: of a step backward, what each operand is sent: its Value and the product.
        gradients: the Values whose gradients are other than before, and what they are now.
    """

    kind: Kind
    node: str
    value: Value | None
    title: str
    lines: list[Line] = field(default_factory=list)
    sent: list[tuple[Value, Any]] = field(default_factory=list)
    gradients: dict[Value, Any] = field(default_factory=dict)


class Steps:
    """The steps of a computation.

    Args:
        values: all of it, the result last.
        names: what formulas call a Value.
        nodes: the name of the node that shows a Value: its own, or that of the folded group that
            it is always hidden in. What has none is computed, and not told of.
        seed: the cotangent of the result; None for a computation that is only stepped forward.

    Attributes:
        cotangents: the gradient of each Value at the end.
    """

    def __init__(
        self,
        values: Sequence[Value],
        names: Mapping[Value, str],
        nodes: Mapping[Value, str],
        seed: Any | None,
    ) -> None:
        self._names, self._nodes, self._seed = names, nodes, seed
        self._result = values[-1]
        computed = [value for value in values if value._inputs]
        self._computed = sorted(computed, key=lambda value: value._serial)
        self.cotangents: dict[Value, Any] = {}

    def __iter__(self) -> Iterator[Step]:
        yield Step("start", "", None, "What is given: inputs, parameters and constants")
        yield from self._all_forward()
        if self._seed is not None:
            yield self._start_backward()
            yield from self._all_backward()

    def _all_forward(self) -> Iterator[Step]:
        for node, run in groupby(self._computed, self._place):
            if node == _SHOWN:
                yield from map(self._forward, run)
            elif node:
                yield Step("forward", node, list(run)[-1], f"Forward through {_last(node)}")

    def _all_backward(self) -> Iterator[Step]:
        for node, run in groupby(reversed(self._computed), self._place):
            reached = (value for value in run if value in self.cotangents)  # as the sweep goes on
            if node == _SHOWN:
                yield from map(self._backward, reached)
                continue
            step = Step("backward", node, None, f"Backward through {_last(node)}")
            for step.value in reached:
                for operand, _, product in sent_by(step.value, self.cotangents[step.value]):
                    self._accumulated(operand, product)
                    step.gradients[operand] = self.cotangents[operand]
            if node and step.value is not None:
                yield step

    def _place(self, value: Value) -> str:
        """Return the name of the folded group that always hides a Value."""
        node = self._nodes.get(value, "")
        return _SHOWN if node.startswith("v") else node

    def _operation(self, value: Value) -> str:
        return self._nodes[value].replace("v", "op")

    def _start_backward(self) -> Step:
        self.cotangents[self._result] = self._seed
        name = self._names[self._result]
        title = f"Backward begins: the gradient of {name} by itself"
        step = Step("seed", self._nodes[self._result], self._result, title)
        step.gradients[self._result] = self._seed
        step.lines.append(Line(_by(name, name), [[self._of(self._result, self._seed, "grad")]]))
        return step

    # ---------------------------------------------------------------- forward

    def _forward(self, value: Value) -> Step:
        names: list[Part] = [self._named(operand) for operand in value._inputs]
        numbers: list[Part] = [self._of(operand) for operand in value._inputs]
        result: Formula = [self._of(value)]
        formulas = [_call(value, names), _call(value, numbers), result]
        title = f"Forward: {value._op} gives {self._names[value]}"
        step = Step("forward", self._operation(value), value, title)
        step.lines.append(Line(self._names[value], _unlike(formulas)))
        return step

    # ---------------------------------------------------------------- backward

    def _backward(self, value: Value) -> Step:
        g = self.cotangents[value]
        step = Step("backward", self._operation(value), value, f"Backward through {value._op}")
        with np.errstate(all="ignore"):
            for operand, position, product in sent_by(value, g):
                step.lines += self._explained(value, g, position, operand, product)
                step.lines += self._accumulated(operand, product)
                step.sent.append((operand, product))
                step.gradients[operand] = self.cotangents[operand]
        return step

    def _explained(
        self, value: Value, g: Any, position: int, operand: Value, product: Any
    ) -> list[Line]:
        """Return the lines from a gradient to the product that one operand is sent."""
        row = value._row
        assert row is not None
        heading = _by(self._names[self._result], self._names[operand])
        if row.joint:
            return [Line(heading, [self._rule_name(value, position), [self._sent(product)]])]
        if row.scalar is None:
            formulas = self._rule(value, position, g)
            return [Line(heading, _unlike([*formulas, [self._sent(product)]]))]
        local = self._local(value, position)
        slope = row.rule(position)(  # type: ignore[misc]
            np.ones_like(g), value._data, *(x._data for x in value._inputs), **value._params
        )
        derivative = _by(self._names[value], self._names[operand])
        slope_part = quantity(slope, kind="data", large=derivative)
        if value is self._result and np.ndim(g) == 0 and g == 1:
            return [Line(derivative, _unlike([*local, [self._sent(product)]]))]
        arrives = _by(self._names[self._result], self._names[value])
        cotangent = quantity(g, self._nodes.get(value, ""), "grad", arrives)
        flow: Formula = [cotangent, " × ", *_apart(slope_part)]
        lines = [
            Line(derivative, _unlike([*local, [quantity(slope)]])),
            Line(heading, _unlike([[arrives, " × ", derivative], flow])),
        ]
        if np.shape(product) != np.shape(value._data):
            lines[-1].formulas.append([f"…, summed to the shape {np.shape(product)}"])
        lines[-1].formulas.append([self._sent(product)])
        return lines

    def _rule(self, value: Value, position: int, g: Any) -> list[Formula]:
        """Return a rule with names, then with numbers."""
        found = self._taken(value, position, g)
        if found is None:
            return [self._rule_name(value, position)]
        expression, stands = found
        return [written(expression, names) for names in stands]

    def _local(self, value: Value, position: int) -> list[Formula]:
        """Return an elementwise rule without its cotangent: with names, then with numbers."""
        found = self._taken(value, position, np.ones_like(value._data)[()])
        if found is None:
            return [self._rule_name(value, position)]
        expression, stands = found
        slope = without_cotangent(expression, next(iter(stands[0])))
        return [written(slope, names) for names in stands]

    def _taken(
        self, value: Value, position: int, g: Any
    ) -> tuple[Any, tuple[dict[str, Part], dict[str, Part]]] | None:
        """Return what a rule computes, and what stands for its arguments: names, then numbers."""
        row = value._row
        assert row is not None
        rule, operands = row.rule(position), value._inputs
        if rule is None or not isinstance(row.vjps, tuple):
            return None
        data = [x._data for x in operands]
        arguments = arguments_of(rule, (g, value._data, *data), value._params)
        expression = taken(rule, arguments)
        if expression is None:
            return None
        own = list(arguments)
        arrives = _by(self._names[self._result], self._names[value])
        fixed: dict[str, Part] = {name: str(arguments[name]) for name in own[2 + len(data) :]}
        names: list[Part] = [arrives, *(self._named(x) for x in (value, *operands))]
        numbers: list[Part] = [quantity(g, self._nodes.get(value, ""), "grad", arrives)]
        numbers += [self._of(x) for x in (value, *operands)]
        places = own[: 2 + len(data)]
        return expression, (
            {**dict(zip(places, names, strict=True)), **fixed},
            {**dict(zip(places, numbers, strict=True)), **fixed},
        )

    def _rule_name(self, value: Value, position: int) -> Formula:
        row = value._row
        assert row is not None
        rule = row.vjps if row.joint else row.rule(position)
        name = getattr(rule, "__name__", "")
        return [f"the rule of {row.name}" if name in ("<lambda>", "") else f"{name}(…)"]

    def _accumulated(self, operand: Value, product: Any) -> list[Line]:
        """Add a product to the gradient of an operand; say so if there was one before."""
        before = self.cotangents.get(operand)
        self.cotangents[operand] = product if before is None else before + product
        if before is None:
            return []
        after = self.cotangents[operand]
        total = _by(self._names[self._result], self._names[operand])
        sum_ = [self._of(operand, before, "grad"), " + ", *_apart(self._sent(product))]
        return [Line(f"{total}, all together", [sum_, [self._of(operand, after, "grad")]])]

    # ---------------------------------------------------------------- parts of formulas

    def _named(self, value: Value) -> Quantity:
        return Quantity(self._names[value], self._nodes.get(value, ""))

    def _of(self, value: Value, data: Any = None, kind: str = "data") -> Quantity:
        name = self._names[value]
        if kind == "grad":
            return quantity(
                data, self._nodes.get(value, ""), "grad", _by(self._names[self._result], name)
            )
        return quantity(value._data, self._nodes.get(value, ""), "data", name)

    def _sent(self, product: Any) -> Quantity:
        return quantity(product, kind="grad")


def _last(node: str) -> str:
    return node.rpartition("/")[2] or "what is left out"


def _by(what: str, by: str) -> str:
    return f"∂{what}/∂{by}"


def _call(value: Value, operands: Sequence[Part]) -> Formula:
    """Return an operation on operands, written as its symbol says."""
    symbol = value._op
    if symbol in _INFIX and len(operands) == 2:
        return [operands[0], f" {symbol} ", *_apart(operands[1])]
    if symbol in _BEHIND:
        return [*_apart(operands[0]), _BEHIND[symbol]]
    if symbol in _INFIX:
        return [symbol, *_apart(operands[0])]
    listed: Formula = []
    for part in operands[:4]:
        listed += [", ", part] if listed else [part]
    return [symbol, "(", *listed, *([", …"] if len(operands) > 4 else []), ")"]


def _apart(part: Part) -> Formula:
    shown = part if isinstance(part, str) else part.shown
    is_negative = isinstance(shown, str) and shown.startswith("-")
    return ["(", part, ")"] if is_negative else [part]


def _unlike(formulas: Sequence[Formula]) -> list[Formula]:
    """Return formulas without those that read as the one before."""
    kept: list[Formula] = []
    for formula in formulas:
        if not kept or text_of(formula) != text_of(kept[-1]):
            kept.append(formula)
    return kept


def seed_of(result: Value, gradient: Any) -> Any | None:
    """Return the cotangent to start from: the one given, the one stored, 1 for a number, or None.

    Raises:
        ShapeError: if a given one does not fit.
        NotDifferentiableError: if one is given, and the result is a constant.
    """
    if gradient is not None:
        return as_cotangent(result, gradient, "player()")
    if not result.requires_grad:
        return None
    if result.has_grad:
        return result.grad
    return None if result.shape else as_cotangent(result, None, "player()")
