"""Functions made into one operation of the graph: with a rule of one's own, or recomputed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Any

import numpy as np

from tinygrad_gates import modes, random, trees
from tinygrad_gates.core import Primitive, Value, apply
from tinygrad_gates.core.backward import collect, pull
from tinygrad_gates.core.variables import variable
from tinygrad_gates.errors import NotDifferentiableError, ShapeError
from tinygrad_gates.transforms.packing import Packing

Function = Callable[..., Any]


def stop_gradient(tree: Any) -> Any:
    """Return the same numbers as constants: no gradient flows through them.

    Takes a Value, or nested lists, tuples and dicts; arrays and numbers come back as they are.

    >>> x = Value(3.0)
    >>> (x * stop_gradient(x)).backward()
    >>> x.grad
    np.float64(3.0)
    """
    return trees.transform(lambda x: x.detach() if isinstance(x, Value) else x, tree)


# ------------------------------------------------------------------------ a rule of one's own


class custom_vjp:  # noqa: N801 (a decorator, named as JAX names it)
    """Make a function one operation, whose gradient is computed by a rule of your own.

    The function is called with arrays, so it may use any NumPy code. Its arguments and results
    may be nested in lists, tuples and dicts; arguments that are not floats (sizes, names) are
    passed on as they are. The rule is written with what has rules itself, if derivatives of
    higher order are wanted, and checked with `assert_gradients`.

    >>> @custom_vjp
    ... def cube(x):
    ...     return x**3
    >>> @cube.defvjp
    ... def cube_rule(g, y, x):
    ...     return g * 3 * x**2
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    np.float64(12.0)
    """

    def __init__(self, f: Function) -> None:
        self._f = f
        self._rule: Callable[..., Any] | None = None
        update_wrapper(self, f)

    def defvjp(self, *rules: Function) -> Function:
        """Give the rule; may be used as a decorator.

        Either `defvjp(rule)`, where `rule(g, y, *xs)` gets the cotangent of the result, the
        result and the arguments; or, as in JAX, `defvjp(forward, backward)`, where
        `forward(*xs)` returns (result, residuals) and `backward(residuals, g)` uses them. The
        rule, or `backward`, returns the cotangent of the argument, or a tuple with one for each
        of several arguments; None stands for zeros.
        """
        if len(rules) == 1:
            self._rule = _simple(self._f, rules[0])
        elif len(rules) == 2:
            self._rule = _with_residuals(*rules)
        else:
            raise TypeError(f"defvjp: takes a rule, or forward and backward, not {len(rules)}")
        return rules[-1]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the function, and record it as one operation where Values are among `args`."""
        if not any(isinstance(x, Value) for x in trees.leaves((args, kwargs))):
            return self._f(*args, **kwargs)
        if self._rule is None:
            raise NotDifferentiableError(f"{_name(self)} has no rule yet: give it one with defvjp")
        return _record(_name(self), self._rule, self._positional(args, kwargs))

    def _positional(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return all arguments by position, as rules get them, defaults filled in."""
        if inspect.isfunction(self._f):
            bound = inspect.signature(self._f).bind(*args, **kwargs)
            kwargs = bound.kwargs
            bound.apply_defaults()
            args = bound.args
        if kwargs:
            raise TypeError(f"{_name(self)}: rules get arguments by position; not so {[*kwargs]}")
        return args


Pull = Callable[..., Any]
"""Returns the cotangents of arguments, from a result's cotangent, the result and them."""


def _simple(f: Function, rule: Function) -> Callable[..., tuple[Any, Pull]]:
    return lambda *args: (f(*args), rule)


def _with_residuals(forward: Function, backward: Function) -> Callable[..., tuple[Any, Pull]]:
    def compute(*args: Any) -> tuple[Any, Pull]:
        result, residuals = forward(*args)

        def rule(g: Any, y: Any, *xs: Any) -> Any:
            # At higher order the residuals depend on the arguments, too: compute them again.
            on_values = any(isinstance(x, Value) for x in trees.leaves(xs))
            return backward(forward(*xs)[1] if on_values else residuals, g)

        return result, rule

    return compute


def _record(name: str, compute: Callable[..., tuple[Any, Pull]], args: tuple[Any, ...]) -> Any:
    """Compute a custom function on raw arrays, and record it as one node."""
    operands = [x for x in trees.leaves(args) if isinstance(x, Value)]
    result, rule = compute(*_filled(args, [x.numpy() for x in operands]))
    if any(_is_recorded(y) for y in trees.leaves(result)):
        raise NotDifferentiableError(
            f"{name}: its result depends on a Value that is not among its arguments, and its rule "
            f"would not know. Make that Value an argument."
        )
    packing = Packing(result, lambda y: np.result_type(y).kind == "f")

    def joint(g: Any, y: Any, *xs: Any) -> list[Any]:
        given = _filled(args, xs)
        cotangents = rule(packing.unpack_cotangent(g), packing.unpack(y), *given)
        return _of_operands(name, cotangents, args)

    return packing.unpack(apply(_row(name, packing.packed, joint), *operands))


def _filled(args: Any, operands: Any) -> Any:
    """Return arguments with other things in the places of their Values."""
    remaining = iter(operands)
    return trees.transform(lambda x: next(remaining) if isinstance(x, Value) else x, args)


def _of_operands(name: str, cotangents: Any, args: tuple[Any, ...]) -> list[Any]:
    """Return the cotangent of each Value among the arguments, from what a rule returned."""
    if not isinstance(cotangents, tuple):
        cotangents = (cotangents,)
    if len(cotangents) != len(args):
        raise TypeError(
            f"{name}: its rule returned {len(cotangents)} cotangents for {len(args)} arguments; "
            f"return a tuple with one for each, None where there is none"
        )
    by_path = dict(trees.walk(cotangents))
    operands = [(path, x) for path, x in trees.walk(args) if isinstance(x, Value)]
    return [_checked(name, path, by_path.get(path), x) for path, x in operands]


def _checked(name: str, path: str, cotangent: Any, x: Value) -> Any:
    if cotangent is None:
        return None
    shape = np.shape(cotangent)
    try:
        fits = np.broadcast_shapes(shape, x.shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{name}: its rule returned a cotangent of shape {shape} for argument {path} of "
            f"shape {x.shape}; it has to have that shape, or the one it was broadcast to"
        )
    return cotangent


def _row(name: str, data: Any, joint: Callable[..., list[Any]]) -> Primitive:
    """Return a row for one node alone, whose data is computed already."""
    return Primitive(
        name=name,
        forward=lambda *_: data,
        vjps=joint,
        symbol=name,
        doc=f"The function {name}.",
        domain=(),
        joint=True,
    )


def _is_recorded(x: Any) -> bool:
    return isinstance(x, Value) and x.requires_grad


def _name(f: Any) -> str:
    return getattr(f, "__name__", type(f).__name__)


# ------------------------------------------------------------------------ recomputation


def checkpoint(f: Function) -> Function:
    """Return the same function, which keeps only its arguments and is computed again for gradients.

    Memory for the inner steps is needed only while the function itself is computed, forward or
    backward: a chain of n steps, checkpointed in pieces of √n, needs memory for about 2√n.
    (Griewank and Walther, "Algorithm 799: revolve", ACM TOMS 26, 2000.)

    Args:
        f: depends on its arguments, Values that it uses, and draws of `tinygrad_gates.random`,
            which are repeated. Its arguments and results may be nested in lists, tuples, dicts.

    Raises:
        MutationError: from the reverse sweep, if computing f again gives other results.

    >>> block = checkpoint(lambda x: np.tanh(np.sin(x)))
    >>> x = Value(0.0)
    >>> block(x).backward()
    >>> x.grad
    np.float64(1.0)
    """

    @wraps(f)
    def recomputed(*args: Any, **kwargs: Any) -> Any:
        if not modes.recording() or modes.tracer() is not None:  # a program computes it once
            return f(*args, **kwargs)
        return _Checkpoint(f, (args, kwargs)).record()

    return recomputed


class _Checkpoint:
    """One call of a checkpointed function."""

    def __init__(self, f: Function, arguments: tuple[Any, Any]) -> None:
        self._f = f
        self._arguments = arguments
        self._random_state = random.get_state()

    def record(self) -> Any:
        leaves = trees.leaves(self._arguments)
        operands = [x for x in leaves if _is_recorded(x)]
        start, result = self._run([variable(x, "checkpoint", on_graph=False) for x in operands])
        captured = _captured(result, start)
        packing = Packing(result, _is_recorded)
        if not operands and not captured:
            return result

        def joint(g: Any, y: Any, *xs: Any) -> list[Any]:
            return self._pull(packing, captured, g, y, xs[: len(operands)])

        row = _row(f"checkpoint({_name(self._f)})", packing.packed, joint)
        return packing.unpack(apply(row, *operands, *captured))

    def _run(self, variables: list[Value]) -> tuple[int, Any]:
        """Run the function; also return a number that is older than all it records."""
        start = min((x._serial for x in variables), default=Value(0.0)._serial)
        remaining = iter(variables)
        args, kwargs = trees.transform(
            lambda x: next(remaining) if _is_recorded(x) else x, self._arguments
        )
        return start, self._f(*args, **kwargs)

    def _pull(
        self, packing: Packing, captured: list[Value], g: Any, y: Any, xs: tuple[Any, ...]
    ) -> list[Any]:
        """Compute again, and pull the cotangent back to the operands and captured Values."""
        on_values = isinstance(y, Value)
        later = random.get_state()
        random.set_state(self._random_state)
        try:
            with modes.enable_grad():
                variables = [variable(x, "checkpoint") for x in xs]
                start, result = self._run(variables)
                packing.require_same(result, _name(self._f))
                sent: dict[Value, Any] = {}
                for part, cotangent in packing.pairs(result, g):
                    if _is_recorded(part):
                        sent[part] = sent[part] + cotangent if part in sent else cotangent
                return pull(sent, [*variables, *captured], on_values, oldest=start)
        finally:
            random.set_state(later)


def _captured(result: Any, start: int) -> list[Value]:
    """Return the Values, made before a run, that its result depends on."""
    results = [y for y in trees.leaves(result) if isinstance(y, Value)]
    nodes = collect(results, oldest=start)[0]
    reached = [*results, *(x for node in nodes for x in node._inputs)]
    return list(dict.fromkeys(x for x in reached if x.requires_grad and x._serial < start))
