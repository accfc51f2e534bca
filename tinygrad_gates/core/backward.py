"""The reverse sweep: cotangents flow from a result to everything it was computed from.

Every Value has a serial number, and an operation's inputs are older than its result, so the
recorded nodes sorted by number, newest first, are in an order in which a node's cotangent is
complete when its turn comes. Nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from math import inf
from operator import attrgetter
from typing import Any

import numpy as np
from numpy import ndarray

from tinygrad_gates import modes
from tinygrad_gates.core.broadcast import conform
from tinygrad_gates.core.data import as_real
from tinygrad_gates.core.plain import raw
from tinygrad_gates.core.primitive import Primitive, anomaly, constant, integer_error
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import (
    CHANGED,
    DIFFERENTIABLE,
    EXPOSED,
    STRUCTURED,
    VARIADIC,
    Value,
)
from tinygrad_gates.errors import AnomalyError, ShapeError

_newest_first = attrgetter("_serial")


def backward(self: Value, gradient: Any = None) -> None:
    """Store in `grad` of every Value that this one was computed from the derivative by it.

    Leaves accumulate over calls, as in micrograd and PyTorch; the gradients of interior nodes
    are set afresh by each call.

    Args:
        gradient: the cotangent of this Value, an array of its shape; 1 for a scalar.

    Raises:
        ShapeError: if this Value is not a scalar and no gradient is given, or it does not fit.
        NotDifferentiableError: if this Value is a constant.
        MutationError: if data was changed that the recorded gradient needs.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> y.backward()
    >>> float(x.grad)
    6.0
    """
    seed = as_cotangent(self, gradient, "backward()")
    cotangents: dict[Value, Any] = {self: seed}
    nodes, _, changed = collect([self])
    sweep(nodes, cotangents, keep=None, careful=changed)
    for value, cotangent in cotangents.items():
        if value._row is None and value.has_grad:
            value.grad = value.grad + cotangent
        else:
            value.grad = cotangent


def gradients(
    result: Value, parameters: Sequence[Value], gradient: Any = None, *, create_graph: bool = False
) -> list[Any]:
    """Return the derivative of a result by each of some Values, and store nothing.

    Cotangents that are no longer needed are freed on the way, and branches that lead to none of
    the parameters are left out.

    Args:
        result: the Value to differentiate, a scalar unless `gradient` is given.
        parameters: the Values to differentiate by, leaves or interior nodes.
        gradient: the cotangent of the result; 1 for a scalar.
        create_graph: return Values that can be differentiated again, not arrays.

    Returns:
        For each parameter an array of its shape and dtype: zeros where the result does not
        depend on it.

    Raises:
        as `Value.backward`, and `NotDifferentiableError` for a parameter that is a constant.

    >>> x, y = Value(3.0), Value(4.0)
    >>> gradients(x * y, [x, y])
    [np.float64(4.0), np.float64(3.0)]
    """
    seed = as_cotangent(result, gradient, "gradients()")
    return pull({result: seed}, parameters, create_graph)


def pull(
    cotangents: dict[Value, Any],
    parameters: Sequence[Value],
    create_graph: bool = False,
    *,
    oldest: int | None = None,
) -> list[Any]:
    """Return for each parameter the sum of what the cotangents of some results send to it.

    The same as `gradients`, for several results at once: `cotangents` maps each to its own, and
    is used up. Nothing is sent on by Values whose number is below `oldest`; by default, that is
    the oldest parameter's.
    """
    wanted = set(parameters)
    interior = set()
    start: float = inf
    for parameter in wanted:
        state = parameter._state
        if not state & DIFFERENTIABLE:
            raise integer_error("gradients()", parameter)
        if parameter._row is not None:
            interior.add(parameter)
        serial = -1 if state & CHANGED else parameter._serial
        if serial < start:
            start = serial
    if create_graph:
        cotangents = {result: _recorded(seed) for result, seed in cotangents.items()}
    nodes, others, changed = collect(cotangents, wanted, start if oldest is None else oldest)
    only = _leading_to(wanted, nodes) if others else None
    sweep(nodes, cotangents, interior, only, create_graph, changed)
    sent = [
        cotangents[parameter] if parameter in cotangents else np.zeros_like(parameter._data)[()]
        for parameter in parameters
    ]
    return [_recorded(cotangent) for cotangent in sent] if create_graph else sent


def _recorded(cotangent: Any) -> Value:
    return cotangent if isinstance(cotangent, Value) else constant(cotangent)


def depends_on_others(results: Iterable[Value], parameters: Iterable[Value]) -> bool:
    """Return whether results have differentiable ancestors other than through parameters."""
    wanted = set(parameters)
    oldest = min((parameter._serial for parameter in wanted), default=-1)
    return collect(results, wanted, oldest)[1]


def collect(
    results: Iterable[Value], wanted: Collection[Value] = frozenset(), oldest: float = -1
) -> tuple[list[Value], bool, bool]:
    """Find the recorded nodes that lead to some results, down to the `oldest`.

    Returns the nodes, newest first; whether a gradient could flow out of them elsewhere than to
    the wanted Values; and whether some data may not be what was recorded.
    """
    nodes: list[Value] = []
    pending: list[Value] = []
    suspects: list[Value] = []
    others = False
    seen = set(results)
    add = seen.add
    for value in seen:
        if value._row is not None:
            pending.append(value)
        else:
            suspects.append(value)
            others = others or (value not in wanted and value.requires_grad)
    while pending:
        node = pending.pop()
        nodes.append(node)
        state, right = node._state, node._right
        if state & EXPOSED:
            suspects.append(node)
        if right is None:
            operands: tuple[Value, ...] = (node._left,)
        elif state & STRUCTURED:
            operands = node._inputs
        else:
            operands = (node._left, right)
        for value in operands:
            if value in seen:
                continue
            add(value)
            if value._row is not None and value._serial >= oldest:
                pending.append(value)
            elif state := value._state:
                if state != DIFFERENTIABLE:
                    suspects.append(value)
                if state & DIFFERENTIABLE and value not in wanted and node not in wanted:
                    others = True
    nodes.sort(key=_newest_first, reverse=True)
    return nodes, others, bool(nodes) and _youngest_change(suspects) > nodes[-1]._serial


def _youngest_change(suspects: list[Value]) -> float:
    """Return the number of the last change of some Values' data; a node's may be any time."""
    youngest: float = -1
    for value in suspects:
        if value._state & EXPOSED:
            value._synchronize()
        if value._row is None:
            if value._state & CHANGED and value._serial > youngest:
                youngest = value._serial
        elif value._state & (CHANGED | EXPOSED):
            return inf
    return youngest


def _leading_to(wanted: set[Value], nodes: list[Value]) -> set[Value]:
    """Return the Values through which a cotangent reaches a wanted one."""
    leading = set(wanted)
    for node in reversed(nodes):
        if not leading.isdisjoint(node._inputs):
            leading.add(node)
    return leading


def sweep(
    nodes: list[Value],
    cotangents: dict[Value, Any],
    keep: Collection[Value] | None = (),
    only: set[Value] | None = None,
    on_values: bool = False,
    careful: bool = False,
) -> None:
    """Send the cotangents of a result back through recorded nodes, newest first.

    Args:
        nodes: what to go through, as `collect` returns it.
        cotangents: holds the result's at first, and the leaves' at the end.
        keep: interior nodes whose cotangents are wanted at the end; None for all.
        only: the Values to compute cotangents for; None for all.
        on_values: run the rules on Values, so that they are recorded in turn.
        careful: look at all data whether it is what was recorded.
    """
    plain = not (on_values or careful or only is not None or keep or modes.active)
    take = cotangents.pop if plain and keep is not None else cotangents.get
    get = cotangents.get
    for node in nodes:
        g = take(node, None)
        if g is None:
            continue
        left, right, state = node._left, node._right, node._state
        if not plain or (state != DIFFERENTIABLE and (right is not None or state & VARIADIC)):
            _send(node, g, cotangents, only, on_values)
            if not plain and keep is not None and node not in keep:
                del cotangents[node]
            continue
        # From here on the same as `_send`, for one or two operands and without its questions:
        # the inner loop of every scalar program and of every training step.
        if right is None:
            x, rule = left._data, node._row.vjps[0]  # type: ignore[union-attr, index]
            if state & STRUCTURED:
                c = rule(g, node._data, x, **node._extra["params"])  # type: ignore[misc]
            else:
                c = rule(g, node._data, x)  # type: ignore[misc]
            if (kind := type(x)) is not type(c) or (
                kind is ndarray and (c.shape != x.shape or c.dtype is not x.dtype)
            ):
                c = _fitted(c, x)
            sent = get(left)
            cotangents[left] = c if sent is None else sent + c
            continue
        rule, other = node._row.vjps  # type: ignore[union-attr, misc]
        x, y, z = left._data, node._data, right._data
        if left._state & DIFFERENTIABLE and rule is not None:
            c = rule(g, y, x, z)
            if (kind := type(x)) is not type(c) or (
                kind is ndarray and (c.shape != x.shape or c.dtype is not x.dtype)
            ):
                c = _fitted(c, x)
            sent = get(left)
            cotangents[left] = c if sent is None else sent + c
        if right._state & DIFFERENTIABLE and other is not None:
            c = other(g, y, x, z)
            if (kind := type(z)) is not type(c) or (
                kind is ndarray and (c.shape != z.shape or c.dtype is not z.dtype)
            ):
                c = _fitted(c, z)
            sent = get(right)
            cotangents[right] = c if sent is None else sent + c


def _send(
    node: Value, g: Any, cotangents: dict[Value, Any], only: set[Value] | None, on_values: bool
) -> None:
    """Send the cotangent `g` of one node to its operands."""
    for value, _, c in sent_by(node, g, only, on_values):
        if modes.active and modes.watching():
            _watch(node, g, c)
        before = cotangents.get(value)
        cotangents[value] = c if before is None else before + c


def sent_by(
    node: Value, g: Any, only: set[Value] | None = None, on_values: bool = False
) -> Iterator[tuple[Value, int, Any]]:
    """Yield what a node with the cotangent `g` sends: to which Value, at which place, and what.

    Args:
        node: recorded.
        g: of the node's shape and dtype.
        only: the Values to send to; None for all that gradients flow to.
        on_values: run the rules on Values, so that they are recorded in turn.

    Raises:
        MutationError: if data was changed that the rules need.
    """
    _verify(node)
    inputs = node._inputs
    if on_values:
        y: Any = node
        operands = [x if x._state & DIFFERENTIABLE else x._data for x in inputs]
    else:
        y = node._data
        operands = [x._data for x in inputs]
    positions = [
        position
        for position, value in enumerate(inputs)
        if value._state & DIFFERENTIABLE and (only is None or value in only)
    ]
    row = node._row
    assert row is not None
    sent = _apply_rules(row, positions, g, y, operands, node._params)
    for position, c in zip(positions, sent, strict=True):
        if c is not None:
            value = inputs[position]
            yield value, position, _fitted(c, value._data)


def _apply_rules(
    row: Primitive, positions: list[int], g: Any, y: Any, operands: list[Any], params: Any
) -> Iterable[Any]:
    """Return what the row's rules send to the operands at some positions; None for nothing."""
    rules = row.vjps
    if isinstance(rules, tuple):
        chosen = [rules[i] for i in positions]
        return [None if rule is None else rule(g, y, *operands, **params) for rule in chosen]
    if row.joint:
        together = rules(g, y, *operands, **params)
        return [together[i] for i in positions]
    return [rules(i, g, y, *operands, **params) for i in positions]


def _verify(node: Value) -> None:
    """Refuse if data that the node's rule may read is not what was recorded."""
    for value in (node, *node._inputs):
        if value._state & EXPOSED or value._serial > node._serial:
            value._verify_unchanged(node)


def _fitted(cotangent: Any, data: Any) -> Any:
    """Give a rule's result the shape, dtype and array type of its operand."""
    if type(cotangent) is ndarray and cotangent.dtype is data.dtype:
        if cotangent.shape[1:] == data.shape:  # of a bias: the commonest case, in one step
            return np.add.reduce(cotangent, 0)
    elif not isinstance(cotangent, (Value, Traced)):
        cotangent = np.asarray(cotangent)
    cotangent = conform(cotangent, data.shape, data.dtype)
    return cotangent if data.ndim or isinstance(cotangent, Value) else cotangent[()]


def as_cotangent(result: Value, gradient: Any, caller_name: str) -> Any:
    """Return a cotangent as one of a result, 1 for None; messages begin with `caller_name`."""
    if not result._state & DIFFERENTIABLE:
        raise integer_error(caller_name, result)
    data = result._data
    if gradient is None:
        if data.shape:
            raise ShapeError(
                f"{caller_name} starts from a scalar, and this is {result._name()}. Reduce it "
                f"first, as with .sum() or .mean(), or give gradient= of its shape."
            )
        return data.dtype.type(1)
    if not isinstance(gradient, Value):
        gradient = as_real(gradient, data.dtype)
    if gradient.shape != data.shape:
        raise ShapeError(
            f"{caller_name}: the cotangent has shape {gradient.shape}, and the result has shape "
            f"{data.shape}; they have to be equal."
        )
    return gradient if data.ndim or isinstance(gradient, Value) else gradient[()]


def _watch(node: Value, g: Any, cotangent: Any) -> None:
    if np.all(np.isfinite(raw(cotangent))) or not np.all(np.isfinite(raw(g))):
        return
    row = node._row
    assert row is not None
    raise AnomalyError(
        anomaly(
            f"the gradient rule of {row.name} made",
            raw(cotangent),
            node._inputs,
            node._extra.get("source", "?"),
        )
    )


Value.backward = backward  # type: ignore[method-assign]
