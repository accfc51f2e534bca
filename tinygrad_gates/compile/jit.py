"""`jit`: functions of arrays and Values, run as programs from their second call on."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial, update_wrapper
from typing import Any, Literal, overload

import numpy as np

from tinygrad_gates import modes, trees
from tinygrad_gates.compile.drawing import drawing
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.emit_numpy import NumpyCode
from tinygrad_gates.compile.lower import follows, is_fixed
from tinygrad_gates.compile.program import Program
from tinygrad_gates.compile.specialisation import Emitter, Specialisation
from tinygrad_gates.core import Value
from tinygrad_gates.errors import CompileWarning, TraceError

Backend = Literal["numpy", "numba"]


_EMITTERS: dict[Backend, Emitter] = {
    "numpy": NumpyCode,
    "numba": NumbaCode,
}


@overload
def jit(function: Callable[..., Any], *, backend: Backend = "numpy") -> Jitted: ...
@overload
def jit(function: None = None, *, backend: Backend = "numpy") -> Callable[..., Jitted]: ...
def jit(function: Callable[..., Any] | None = None, *, backend: Backend = "numpy") -> Any:
    """Compile a function when it is called, once for each combination of shapes and dtypes.

    The function's arguments and results are arrays, numbers and Values, in nested lists, tuples
    and dicts. It runs once on data that is followed; what it does with arrays becomes a program,
    which runs from then on in its place. Text, booleans and functions among the arguments, integers
    that decide on its course, as in `range(n)`, and arrays from elsewhere belong to the program, as
    they were in the first call. What decides by the numbers of an array, or takes Values from
    elsewhere, cannot be compiled: the function then runs as it is, and a warning says why.

    Args:
        function: without side effects, as these happen only while it is followed.
        backend: "numpy" for NumPy's functions one after the other, in memory that is used
            again; "numba" for as few loops as can be, in machine code (extra `jit`), with NumPy's
            functions for what is large.

    Returns:
        A function with the same arguments and results; see `Jitted`.

    Raises:
        ValueError: if there is no such backend.

    >>> @jit
    ... def distance(x, y):
    ...     return np.sqrt(((x - y) ** 2).sum())
    >>> float(distance(np.array([1.0, 2.0]), np.array([4.0, 6.0])))
    5.0
    """
    if backend not in _EMITTERS:
        raise ValueError(f"jit: backend={backend!r} is none of {', '.join(_EMITTERS)}")
    return partial(Jitted, backend=backend) if function is None else Jitted(function, backend)


class Jitted:
    """A function that is compiled when it is called.

    >>> double = jit(lambda x: x + x)
    >>> print(double.program(np.ones(3)))
    program(a: f64[3]):
        b: f64[3] = add a a
        return b
    """

    def __init__(self, function: Callable[..., Any], backend: Backend = "numpy") -> None:
        self._function = function
        self._emit = _EMITTERS[backend]
        self._compiled: dict[Hashable, Specialisation | None] = {}
        self._warned = False
        self._integers = True
        update_wrapper(self, function, updated=())

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        """Return the method of an object: Python does so where the function is one's."""
        return self if owner is None else partial(self, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        if _seen_one_by_one():
            return self._function(*args, **kwargs)
        leaves: list[Any] = []
        key = self._key(args, kwargs, leaves)
        try:
            found = self._compiled[key]
        except KeyError:
            found = self._specialise(args, kwargs)
            self._compiled[self._key(args, kwargs, [])] = found  # which may be another one now
        return self._function(*args, **kwargs) if found is None else found(args, kwargs, leaves)

    def _key(self, args: Any, kwargs: Any, leaves: list[Any]) -> Hashable:
        return modes.recording(), _structure((args, kwargs), leaves, self._integers)

    def program(self, *args: Any, **kwargs: Any) -> Program:
        """Return the program for arguments of these shapes and dtypes.

        Raises `TraceError` if there is none.
        """
        return self._specialised(args, kwargs).program

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Return the Python code that runs for arguments of these shapes and dtypes.

        Raises `TraceError` if there is none.
        """
        return self._specialised(args, kwargs).code.source

    def graph(
        self, *args: Any, fused: bool = True, max_nodes: int | None = 200, **kwargs: Any
    ) -> Any:
        """Draw the program for arguments of these shapes and dtypes.

        Args:
            *args: of the function.
            fused: whether to draw it as it runs, with a box around what one nest of loops
                computes (with `backend="numba"`); otherwise as it was taken down.
            max_nodes: how many nodes are drawn, as for `Value.graph`.
            **kwargs: of the function.

        Returns:
            A picture, which notebooks display and `save` writes to a file.

        Raises:
            TraceError: if there is no program.

        >>> picture = jit(lambda x: np.tanh(x) * 2).graph(np.ones(3))
        >>> picture.source.count("->")
        4
        """
        found = self._specialised(args, kwargs)
        program = found.program if fused else found.lowered.program
        return drawing(program, fused).graph(max_nodes=max_nodes)

    def _specialise(self, args: Any, kwargs: Any) -> Specialisation | None:
        try:
            return self._specialised(args, kwargs)
        except TraceError as reason:
            if not self._warned:
                self._warned = True
                name = getattr(self._function, "__name__", "function")
                text = f"jit: {name} runs as it is, because {reason}."
                warnings.warn(text, CompileWarning, stacklevel=3)
            return None

    def _specialised(self, args: Any, kwargs: Any) -> Specialisation:
        with _nothing_collected():
            return self._made(args, kwargs)

    def _made(self, args: Any, kwargs: Any) -> Specialisation:
        try:
            return Specialisation(self._function, self._emit, args, kwargs, self._integers)
        except TraceError:
            if not self._integers or not any(type(x) is int for x in trees.leaves((args, kwargs))):
                raise
        self._integers = False  # one of them decides on the course, it seems
        return Specialisation(self._function, self._emit, args, kwargs, integers=False)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Let garbage wait: a program has many parts, and looking for cycles among them takes long."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _seen_one_by_one() -> bool:
    """Return whether somebody wants to see each operation.

    So it is inside of another trace, whose program the function becomes a part of, and while
    results are watched.
    """
    return modes.active > 0 and (modes.tracer() is not None or modes.watching())


def _structure(tree: Any, leaves: list[Any], integers: bool) -> Hashable:
    """Return what a program depends on, and note the leaves of the tree.

    That is its form, and the shape and dtype of each array; of other leaves, they themselves.
    """
    if tree is None:
        return None
    if isinstance(tree, (list, tuple)):
        return type(tree), tuple([_structure(item, leaves, integers) for item in tree])
    if isinstance(tree, dict):
        items = [(name, _structure(item, leaves, integers)) for name, item in tree.items()]
        return type(tree), tuple(items)
    leaves.append(tree)
    if not follows(tree, integers):
        return type(tree), tree if is_fixed(tree) else None
    if isinstance(tree, Value):
        return Value, tree.shape, tree.dtype, tree.requires_grad, tree.has_grad
    return type(tree), np.shape(tree), np.result_type(tree)
