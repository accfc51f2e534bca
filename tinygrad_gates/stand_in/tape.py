"""`tf.GradientTape`: gradients as programs for TensorFlow ask for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from tinygrad_gates import modes
from tinygrad_gates.core.backward import as_cotangent, pull
from tinygrad_gates.core.value import DIFFERENTIABLE, Value
from tinygrad_gates.trees import leaves, transform

_entered: ContextVar[int] = ContextVar("entered", default=0)
"""How many tapes are recording just now."""


class GradientTape:
    """Gradients of what was computed in a `with` block, which may be nested.

    The engine records on its own, so the block only tells what a gradient is asked for: within
    that of another tape, gradients are Values that can be differentiated again.

    Args:
        persistent: whether more than one call of `gradient` is allowed.
        watch_accessed_variables: accepted for TensorFlow's sake; variables are always watched.

    >>> from tinygrad_gates.keras import Variable
    >>> x = Variable(3.0)
    >>> with GradientTape() as outer:
    ...     with GradientTape() as tape:
    ...         y = x * x * x
    ...     slope = tape.gradient(y, x)
    >>> float(slope), float(outer.gradient(slope, x))
    (27.0, 18.0)
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._used = False

    def __enter__(self) -> GradientTape:
        self._token = _entered.set(_entered.get() + 1)
        return self

    def __exit__(self, *exception: object) -> None:
        _entered.reset(self._token)

    def watch(self, tensor: Any) -> None:
        """Let gradients flow to constants, one or several, from now on.

        Raises ValueError for what is no tensor of floats.
        """
        for leaf in leaves(tensor):
            if not isinstance(leaf, Value) or leaf.dtype.kind != "f":
                raise ValueError(f"GradientTape.watch: a tensor of floats is needed, not {leaf!r}")
            leaf._state |= DIFFERENTIABLE

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Record nothing inside of a `with` block."""
        with modes.no_grad():
            yield

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = "none",
    ) -> Any:
        """Return the derivatives of the sum of a result, or of several, by variables.

        Args:
            target: a tensor, or nested tensors.
            sources: variables and watched tensors, nested.
            output_gradients: what stands for the derivatives by the target; ones by default.
            unconnected_gradients: what stands for a source on which the target does not depend:
                "none", for None, or "zero".

        Returns:
            Values, nested as the sources.

        Raises:
            RuntimeError: at the second call, unless the tape is persistent.
        """
        self._use()
        targets = leaves(target)
        given = leaves(output_gradients) if output_gradients is not None else [None] * len(targets)
        seeds: dict[Value, Any] = {}
        for item, seed in zip(targets, given, strict=True):
            if _differentiable(item):
                seed = np.ones_like(item.data) if seed is None else seed
                cotangent = as_cotangent(item, seed, "GradientTape.gradient")
                seeds[item] = seeds[item] + cotangent if item in seeds else cotangent
        found = self._pull(seeds, [leaf for leaf in leaves(sources) if _differentiable(leaf)])
        zero = str(unconnected_gradients) == "zero"
        return transform(lambda leaf: found.get(id(leaf), _nothing(leaf, zero)), sources)

    def jacobian(self, target: Value, sources: Any, **options: Any) -> Any:
        """Return the derivatives of each number of a result by each number of variables.

        Returns Values of shape `target.shape + source.shape`, nested as the sources; None for a
        source on which the target does not depend.
        """
        self._use()
        wanted = [leaf for leaf in leaves(sources) if _differentiable(leaf)]
        rows = []
        for number in range(target.size):
            seed = np.zeros(target.size, target.dtype)
            seed[number] = 1
            rows.append(self._pull({target: seed.reshape(target.shape)}, wanted))

        def stacked(source: Any) -> Any:
            if id(source) not in rows[0]:
                return None
            return np.stack([row[id(source)] for row in rows]).reshape(target.shape + source.shape)

        return transform(stacked, sources)

    def _use(self) -> None:
        if self._used and not self._persistent:
            raise RuntimeError(
                "GradientTape: gradients were asked for before. For more than one call, make it "
                "with persistent=True."
            )
        self._used = True

    def _pull(self, seeds: dict[Value, Any], wanted: Sequence[Value]) -> dict[int, Value]:
        """Return the gradients by the sources that the seeds' Values depend on, by their id."""
        if not seeds or not wanted:
            return {}
        targets = [*seeds]
        again = _entered.get() > 0
        gradients = pull(seeds, wanted, create_graph=again)
        return {
            id(source): gradient if again else Value(gradient, requires_grad=False)
            for source, gradient in zip(wanted, gradients, strict=True)
            if np.any(_numbers(gradient)) or _depend(targets, source)
        }


def _differentiable(item: Any) -> bool:
    return isinstance(item, Value) and item.requires_grad


def _nothing(source: Any, zero: bool) -> Value | None:
    return Value(np.zeros_like(source.data), requires_grad=False) if zero else None


def _numbers(gradient: Any) -> Any:
    return gradient.data if isinstance(gradient, Value) else gradient


def _depend(targets: Sequence[Value], source: Value) -> bool:
    """Return whether one of the targets was computed from a source."""
    waiting, seen = [*targets], set(targets)
    while waiting:
        node = waiting.pop()
        if node is source:
            return True
        fresh = [operand for operand in node._inputs if operand not in seen]
        seen.update(fresh)
        waiting += fresh
    return False
