"""A row of the table of primitives, the registry, and applying a row to Values."""

from __future__ import annotations

import inspect
import operator as python
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from tinygrad_gates import modes
from tinygrad_gates.core.data import as_real
from tinygrad_gates.core.dispatch import FUNCTIONS, METHODS, REDUCTIONS, UFUNCS
from tinygrad_gates.core.plain import Kind, PlainFunction, raw
from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import (
    BY_VALUE,
    DIFFERENTIABLE,
    EXPOSED,
    STRUCTURED,
    VARIADIC,
    WEAK,
    Value,
    _new,
    _serial,
)
from tinygrad_gates.errors import AnomalyError, NotDifferentiableError

Rule = Callable[..., Any]
Interval = tuple[float, float]

REGISTRY: dict[str, Primitive] = {}
"""Every row, by name."""

_ASKED = DIFFERENTIABLE | EXPOSED | BY_VALUE
"""The bits of operands' states that the quick ways of applying a row ask for: the first alone."""

_OPERANDS = (Value, np.ndarray, np.generic, float, int, bool, list, tuple, Traced)


class Example(NamedTuple):
    """Arguments on which a structured row is checked: shapes of operands, and parameters.

    `prepare` turns the arrays drawn from the row's domain into valid operands (a symmetric
    matrix, say); it is part of the function that the check differentiates.
    """

    shapes: tuple[tuple[int, ...], ...]
    params: dict[str, Any]
    prepare: Callable[..., tuple[Any, ...]] | None = None


def example(
    *shapes: tuple[int, ...], prepare: Callable[..., tuple[Any, ...]] | None = None, **params: Any
) -> Example:
    """Return an `Example` with these operand shapes and parameters."""
    return Example(shapes, params, prepare)


class Primitive:
    """One differentiable operation: one row of the table.

    A rule gets the cotangent `g`, the result `y`, every operand and the parameters, and returns
    the cotangent of its operand, not yet summed over broadcast axes. It is written with
    operators, methods and NumPy functions, so that it runs on arrays and on Values alike.

    Attributes:
        name: the field's own name, unique.
        forward: a NumPy function of the operands' data and the parameters.
        vjps: one vector-Jacobian rule for each operand (None: no gradient), or, for any number
            of operands, one function that also gets the operand's position first.
        joint: the one function instead returns the cotangents of all operands together.
        symbol: what a picture calls it.
        doc: one line of what it computes.
        domain: for each operand, the intervals where it is differentiable; tests draw from it.
        scalar: of an elementwise row, its expression for one element, for the compiler.
        examples: of any other row, what it is checked on.
        at_kink: the convention where the derivative jumps or does not exist.
        record: applies the row to operands of which the first is a Value, without parameters.
    """

    __slots__ = (
        "at_kink", "doc", "domain", "examples", "forward", "joint", "name", "record", "scalar",
        "symbol", "vjps",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        vjps: tuple[Rule | None, ...] | Rule,
        symbol: str,
        doc: str,
        domain: tuple[tuple[Interval, ...], ...],
        scalar: str | None = None,
        examples: tuple[Example, ...] = (),
        at_kink: str = "",
        joint: bool = False,
    ) -> None:
        self.name = name
        self.forward = forward
        self.vjps = vjps
        self.symbol = symbol
        self.doc = doc
        self.domain = domain
        self.scalar = scalar
        self.examples = examples
        self.at_kink = at_kink
        self.joint = joint
        self.record: Callable[..., Any] = _recorder(self)

    def __call__(self, *operands: Any, **params: Any) -> Any:
        """Apply the row: a Value if an operand is one, else the forward function's result."""
        if type(operands[0]) is Value and not params:
            result = self.record(*operands)
            return apply(self, *operands) if result is NotImplemented else result  # raises
        if any([isinstance(operand, Value) for operand in operands]):
            return apply(self, *operands, **params)
        if modes.active and (tracer := modes.tracer()) is not None:
            return tracer.apply(self, operands, params)
        return self.forward(*operands, **params)

    def rule(self, position: int) -> Rule | None:
        """Return the vector-Jacobian rule of one operand."""
        if isinstance(self.vjps, tuple):
            return self.vjps[position]
        variadic = self.vjps
        return lambda *args, **params: variadic(position, *args, **params)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


def primitive(
    name: str,
    forward: Callable[..., Any],
    *vjps: Rule | None,
    doc: str,
    symbol: str | None = None,
    domain: Sequence[Sequence[Interval]] | None = None,
    scalar: str | None = None,
    examples: Sequence[Example] = (),
    at_kink: str = "",
    variadic: Rule | None = None,
    numpy: Sequence[Callable[..., Any]] = (),
    operator: str | None = None,
    method: str | None = None,
) -> Primitive:
    """Declare a row, and derive from it what `Value` and NumPy call.

    Args as the attributes of `Primitive`, and: `variadic`, one rule for any number of operands;
    `numpy`, the NumPy functions that it answers; `operator`, such as "add" for `__add__` and
    `__radd__`; `method`, the method of `Value`.
    """
    if name in REGISTRY:
        raise ValueError(f"primitive: there is a row {name!r} already")
    row = Primitive(
        name=name,
        forward=forward,
        vjps=vjps if variadic is None else variadic,
        symbol=name if symbol is None else symbol,
        doc=doc,
        domain=tuple(tuple(intervals) for intervals in domain or [[(-2.0, 2.0)]] * len(vjps)),
        scalar=scalar,
        examples=tuple(examples),
        at_kink=at_kink,
    )
    REGISTRY[name] = row
    for function in numpy:
        answer(function, row)
    if operator is not None:
        _attach_operator(operator, row)
    if method is not None:
        attach_method(method, row)
    return row


def answer(function: Callable[..., Any], implementation: Callable[..., Any]) -> None:
    """Let `implementation` answer when `function`, a NumPy function, is called on Values."""
    if isinstance(function, np.ufunc):
        UFUNCS[function] = implementation
    else:
        FUNCTIONS[function] = (implementation, _options(implementation))


def _options(implementation: Callable[..., Any]) -> frozenset[str] | None:
    if isinstance(implementation, Primitive):
        return frozenset()
    parameters = inspect.signature(implementation).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return frozenset(parameter.name for parameter in parameters)


def answers(
    *functions: Callable[..., Any], method: str | None = None, reduction: np.ufunc | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate the function that answers for NumPy functions, and is a method of `Value`.

    `reduction` is the ufunc whose `reduce` it answers for.
    """

    def declare(implementation: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            answer(function, implementation)
        if method is not None:
            attach_method(method, implementation)
        if reduction is not None:
            REDUCTIONS[reduction] = implementation
        return implementation

    return declare


def attach_method(name: str, function: Callable[..., Any]) -> None:
    """Make `function` the method `name` of `Value`."""
    METHODS[name] = function
    setattr(Value, name, function.record if isinstance(function, Primitive) else function)


# -------------------------------------------------------------------- applying a row


def constant(data: Any) -> Value:
    """Return a Value for an operand that is not one: by value, and without a gradient.

    A Python number stays one, so that NumPy treats it as weak: float32 times 2.0 is float32.
    """
    value = _new(Value)
    if type(data) not in WEAK:
        array = as_real(data, None)
        if array is data:
            array = array.copy()
        data = array if array.ndim else array[()]
    value._data = data
    value._state = 0
    value._serial = -1
    value._row = None
    return value


def _as_it_is_now(value: Value) -> Value:
    """Return a constant with a Value's numbers, whatever is assigned to it later."""
    if value._state & EXPOSED:
        result = constant(value._data)
    else:
        result = constant(0.0)
        result._data = value._data  # nobody else has the array, and it is replaced, not altered
    result.label = value.label
    return result


def apply(row: Primitive, *operands: Any, **params: Any) -> Value:
    """Compute a row on operands and record it, if gradients may flow and recording is on."""
    inputs = [x if isinstance(x, Value) else constant(x) for x in operands]
    tracer = modes.tracer() if modes.active else None
    state = 0
    for value in inputs:
        if tracer is not None:
            tracer.see(value)
        if value._state & EXPOSED:
            value._synchronize()
        state |= value._state
    if state & BY_VALUE:
        inputs = [_as_it_is_now(value) if value._state & BY_VALUE else value for value in inputs]
    plain = [value._data for value in inputs]
    data = row.forward(*plain, **params) if tracer is None else tracer.apply(row, plain, params)
    result = node(row, inputs, params, data, state)
    if modes.active and (modes.watching() or modes.scope() is not None):
        _note_origin(row, inputs, result)
    return result


def node(
    row: Primitive, inputs: Sequence[Value], params: dict[str, Any], data: Any, state: int
) -> Value:
    """Return a Value that holds a row's result, and is recorded if a gradient may flow.

    `state` is what the bits of the inputs' states are together.
    """
    if type(data) is ndarray and not data.ndim:
        data = data[()]
    result = _new(Value)
    result._data = data
    result._serial = next(_serial)
    unrecorded = modes.active and not modes.recording()
    if unrecorded or not state & DIFFERENTIABLE or data.dtype.kind != "f":
        result._state = 0
        result._row = None
    else:
        result._state = DIFFERENTIABLE
        result._row = row
        result._left = inputs[0]
        result._right = inputs[1] if len(inputs) > 1 else None
        variadic = 0 if isinstance(row.vjps, tuple) else VARIADIC
        if params or variadic or len(inputs) > 2:
            result._state = DIFFERENTIABLE | STRUCTURED | variadic
            result._extra = {"params": params, "more": tuple(inputs[2:])}
    return result


def _note_origin(row: Primitive, inputs: Sequence[Value], result: Value) -> None:
    """Keep where and within what name a result was computed; refuse it if it is watched and bad."""
    source = caller()
    result._set_extra("source", source)
    if (scope := modes.scope()) is not None:
        result._set_extra("scope", scope)
    if not modes.watching() or np.all(np.isfinite(result._data)):
        return
    if not all(np.all(np.isfinite(value._data)) for value in inputs):
        return  # made before: the operation that made it was not watched, or was allowed to
    raise AnomalyError(anomaly(f"{row.name} made", result._data, inputs, source))


def anomaly(what: str, data: Any, inputs: Sequence[Value], source: str) -> str:
    """Say which operation made a NaN or an infinity, from what, and where it was called."""
    kind = "NaN" if np.any(np.isnan(data)) else "infinity"
    operands = ", ".join(value._name() for value in inputs)
    return f"{what} {kind} from {operands}, called at {source}"


def caller() -> str:
    """Return the file and line of the innermost frame outside this package and NumPy."""
    frame = sys._getframe(1)
    own = (__name__.partition(".")[0], "numpy")
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] in own:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def as_operand(x: Any) -> Any:
    """Return what knows NumPy's functions by itself as it is, and anything else as an array."""
    return x if isinstance(x, (Value, Traced)) else np.asarray(x)


# -------------------------------------------------------------------- operators


def _attach_operator(name: str, row: Primitive) -> None:
    def reflected(self: Value, other: Any) -> Any:
        return apply(row, other, self) if isinstance(other, _OPERANDS) else NotImplemented

    setattr(Value, f"__{name}__", row.record)
    if len(row.vjps) == 2:  # type: ignore[arg-type]
        setattr(Value, f"__r{name}__", reflected)


def _recorder(row: Primitive) -> Callable[..., Any]:
    """Return the quickest function that applies a row to a Value and other operands."""
    if isinstance(row.vjps, tuple) and len(row.vjps) == 1:
        return _record_unary(row)
    if isinstance(row.vjps, tuple) and len(row.vjps) == 2:
        return _record_binary(row)

    def record(*operands: Any) -> Value:
        return apply(row, *operands)

    return record


def _record_unary(row: Primitive) -> Callable[[Value], Value]:
    forward = row.forward

    def record(self: Value) -> Value:
        # What `apply` does, without its general steps.
        if modes.active or self._state & _ASKED != DIFFERENTIABLE:
            return apply(row, self)
        result = _new(Value)
        data = forward(self._data)
        result._data = data[()] if type(data) is ndarray and not data.ndim else data
        result._state = DIFFERENTIABLE
        result._serial = next(_serial)
        result._row = row
        result._left = self
        result._right = None
        return result

    record.__name__, record.__doc__ = row.name, row.doc
    return record


def _record_binary(row: Primitive) -> Callable[[Value, Any], Any]:
    forward = row.forward

    def record(self: Value, other: Any) -> Any:
        # What `apply` does, without its general steps: the loop of every scalar program.
        kind = type(other)
        if kind is float or kind is int:
            other = constant(other)
        elif kind is not Value and not isinstance(other, Value):
            return apply(row, self, other) if isinstance(other, _OPERANDS) else NotImplemented
        state = self._state | other._state
        if modes.active or state & _ASKED != DIFFERENTIABLE:
            return apply(row, self, other)
        result = _new(Value)
        data = forward(self._data, other._data)
        result._data = data[()] if type(data) is ndarray and not data.ndim else data
        result._state = DIFFERENTIABLE
        result._serial = next(_serial)
        result._row = row
        result._left = self
        result._right = other
        return result

    record.__name__, record.__doc__ = row.name, row.doc
    return record


# -------------------------------------------------------------------- functions without gradient


def without_gradient(
    function: Callable[..., Any], kind: Kind = "numbers", scalar: str | None = None
) -> PlainFunction:
    """Let a NumPy function that has no gradient (a comparison, a shape) answer on plain data."""
    plain = PlainFunction(function, kind, scalar)
    answer(function, plain)
    return plain


def attach_plain_method(plain: PlainFunction) -> None:
    """Make a function of plain data a method of `Value`."""

    def method(self: Value, *args: Any, **kwargs: Any) -> Any:
        return plain(self, *args, **kwargs)

    attach_method(plain.name, method)


def attach_comparisons() -> None:
    """Give `Value` NumPy's comparison operators: they compare data and have no gradient."""
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        compare: Callable[[Any, Any], Any] = getattr(python, name)

        def operate(self: Value, other: Any, compare: Callable[[Any, Any], Any] = compare) -> Any:
            return compare(self._numbers(), raw(other))

        setattr(Value, f"__{name}__", operate)


def integer_error(what: str, value: Value) -> NotDifferentiableError:
    """Say that a gradient was asked of data that has none."""
    return NotDifferentiableError(
        f"{what}: {value._name()} holds {value.dtype}, which is carried and never "
        f"differentiated. Use floats, such as Value(x, dtype=float)."
        if value.dtype.kind != "f"
        else f"{what}: {value._name()} is a constant: no recorded operation leads from it to a "
        f"Value that requires a gradient."
    )
