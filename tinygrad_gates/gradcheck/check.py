"""The gradient checks: which derivatives are compared, and what becomes of disagreement."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_gates import modes, trees
from tinygrad_gates.core import Value
from tinygrad_gates.core.backward import pull
from tinygrad_gates.core.variables import variable
from tinygrad_gates.errors import GradientCheckError
from tinygrad_gates.gradcheck.differences import slopes
from tinygrad_gates.gradcheck.report import Derivative, KinkWarning, Report

Function = Callable[..., Any]
Array = NDArray[Any]
Call = Callable[[Sequence[Value]], list[Any]]
"""Takes a Value for each float input, and returns the float results."""


def gradcheck(f: Function, *inputs: Any) -> Report:
    """Compare every first derivative of a function with finite differences.

    Args:
        f: takes arrays, or nested lists, tuples and dicts of arrays, and returns such. It gets
            Values, and must give the same results for the same numbers.
        inputs: its arguments. Floats, arrays of floats and Values are differentiated by;
            everything else is passed on. Take float64: float32 leaves much less to compare.

    Returns:
        A `Report`: true if all agree, and in words as a string. In float64, an error of a
        billionth of a derivative is seen where the function is smooth and its results are not
        much larger; in float32, of a thousandth. Where the function
        has a kink, the one-sided derivatives are named, and a rule that gives one of them, or
        something between, agrees.

    Raises:
        GradientCheckError: if no input is a float, or f gives other results the second time.

    >>> bool(gradcheck(np.tanh, np.array([0.5, 1.0])))
    True
    """
    return _Problem(f, inputs).report(order=1)


def gradgradcheck(f: Function, *inputs: Any) -> Report:
    """Compare every second derivative of a function with finite differences of its gradient.

    Takes, returns and raises the same as `gradcheck`. Rules are checked by their operands and
    by the cotangent that they get.

    >>> print(gradgradcheck(lambda x, y: (x * np.exp(y)).sum(), np.ones(2), np.ones(2)))
    gradient of order 2: all 20 derivatives agree with finite differences
    """
    return _Problem(f, inputs).report(order=2)


def assert_gradients(f: Function, *inputs: Any, order: int = 1) -> None:
    """Fail if a derivative, up to an order, disagrees with finite differences.

    For tests: takes the same as `gradcheck`.

    Raises:
        GradientCheckError: names the derivatives that disagree most; an AssertionError.

    Warns:
        KinkWarning: names derivatives that could not be decided, because there are none.

    >>> assert_gradients(np.sin, np.linspace(-3, 3, 5), order=2)
    """
    problem = _Problem(f, inputs)
    for each in range(1, order + 1):
        report = problem.report(each)
        if not report:
            raise GradientCheckError(str(report))
        if report.kinks:
            warnings.warn(str(report), KinkWarning, stacklevel=2)


class _Problem:
    """A function and the inputs to check it on."""

    def __init__(self, f: Function, inputs: tuple[Any, ...]) -> None:
        self._f = f
        self._inputs = inputs
        floats = [(path, x) for path, x in trees.walk(inputs) if _is_float(x)]
        if not floats:
            raise GradientCheckError(
                "gradcheck: there is no float among the inputs; give float64 arrays"
            )
        self._names = [f"input {path}" for path, _ in floats]
        self._data = [_data(x) for _, x in floats]

    def report(self, order: int) -> Report:
        call: Call = self._call
        names, data = list(self._names), list(self._data)
        for _ in range(order - 1):
            results = call([Value(x) for x in data])
            rng = np.random.default_rng(0)
            seeds = [rng.uniform(0.5, 1.5, _data(y).shape).astype(_data(y).dtype) for y in results]
            call = _slope(call, len(data))
            names += [f"cotangent {i}" for i in range(len(seeds))]
            data += seeds
        with modes.enable_grad():
            return _compared(call, names, data, order)

    def _call(self, values: Sequence[Value]) -> list[Any]:
        remaining = iter(values)
        args = trees.transform(lambda x: next(remaining) if _is_float(x) else x, self._inputs)
        return [y for y in trees.leaves(self._f(*args)) if _is_float(y)]


def _is_float(x: Any) -> bool:
    if isinstance(x, (Value, np.ndarray, np.generic)):
        return x.dtype.kind == "f"
    return isinstance(x, float)


def _data(x: Any) -> Array:
    return np.asarray(x.numpy() if isinstance(x, Value) else x)


def _slope(call: Call, count: int) -> Call:
    """Return the function of (inputs, cotangents) that pulls the cotangents back to the inputs."""

    def pulled(values: Sequence[Value]) -> list[Any]:
        recorded = any(value.requires_grad for value in values)
        variables = [variable(value, "gradcheck") for value in values[:count]]
        sent: dict[Value, Any] = {}
        for y, g in zip(call(variables), values[count:], strict=True):
            if isinstance(y, Value) and y.requires_grad:
                g = g if recorded else g.numpy()
                sent[y] = sent[y] + g if y in sent else g
        return pull(sent, variables, create_graph=recorded)

    return pulled


def _compared(call: Call, names: list[str], data: list[Array], order: int) -> Report:
    found = list(_derivatives(call, names, data))
    failures = sorted((d for d in found if not d.excess <= 1), key=_severity, reverse=True)
    return Report(
        order=order,
        checked=len(found),
        failures=tuple(failures),
        worst=max(found, key=_severity, default=None),
        kinks=tuple(d for d in found if d.kink is not None),
    )


def _severity(derivative: Derivative) -> tuple[float, float]:
    difference = abs(derivative.rule - derivative.measured)
    return derivative.excess, difference if difference == difference else float("inf")


def _derivatives(call: Call, names: list[str], data: list[Array]) -> Iterator[Derivative]:
    """Go through the derivatives of each number of the results by each of the inputs."""
    where, rules = _by_rules(call, data)

    def evaluate(arrays: Sequence[Array]) -> Array:
        results = call([Value(x, requires_grad=False) for x in arrays])
        return np.concatenate([np.zeros(0), *(_data(y).ravel() for y in results)])

    if not np.array_equal(evaluate(data), evaluate(data), equal_nan=True):
        raise GradientCheckError("gradcheck: the function gives other results each time")
    epsilon = max(float(np.finfo(x.dtype).eps) for x in data)
    for position, (name, x) in enumerate(zip(names, data, strict=True)):
        column_size = np.max(
            np.abs(rules[position]), axis=1, initial=0, where=np.isfinite(rules[position])
        )
        for index in np.ndindex(x.shape):
            moved = _mover(evaluate, data, position, index)
            measured = slopes(moved, float(x[index]), epsilon)
            rule = rules[position][:, np.ravel_multi_index(index, x.shape) if index else 0]
            slack = 16 * epsilon * np.fmax(column_size, np.abs(measured.central))
            for i, of in enumerate(where):
                kink = (float(measured.left[i]), float(measured.right[i]))
                yield Derivative(
                    of=of,
                    by=f"{name}{list(index) if index else ''}",
                    rule=float(rule[i]),
                    measured=float(measured.central[i]),
                    bound=float(measured.bound[i] + slack[i]),
                    kink=kink if measured.kink[i] else None,
                )


def _by_rules(call: Call, data: list[Array]) -> tuple[list[str], list[Array]]:
    """Return where each number of the results is, and its derivatives by each input, in rows."""
    variables = [Value(x) for x in data]
    results = call(variables)
    where, rows = [], []
    for number, y in enumerate(results):
        for index in np.ndindex(np.shape(y)):
            where.append(f"result {number}{list(index) if index else ''}")
            sent: dict[Value, Any] = {}
            if isinstance(y, Value) and y.requires_grad:
                unit = np.zeros(y.shape, y.dtype)
                unit[index] = 1
                sent[y] = unit[()]
            rows.append(pull(sent, variables))
    columns = zip(*rows, strict=True) if rows else [[] for _ in variables]
    return where, [
        np.reshape([np.ravel(g) for g in column], (len(where), x.size)).astype(float)
        for column, x in zip(columns, data, strict=True)
    ]


def _mover(
    evaluate: Callable[[Sequence[Array]], Array],
    data: list[Array],
    position: int,
    index: tuple[int, ...],
) -> Callable[[float], Array]:
    """Return the function of a step that gives the results with one number moved by it."""

    def moved(step: float) -> Array:
        arrays = list(data)
        arrays[position] = x = data[position].copy()
        x[index] += step
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return evaluate(arrays)

    return moved
