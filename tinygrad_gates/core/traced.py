"""`Traced`: an array whose uses a tracer takes down, so that they can be compiled.

It stands where an array stands: in a Value, in a gradient rule, in an optimizer's rule. The
operators, methods and NumPy functions are those of the table; what needs the numbers themselves,
such as `float(x)` or `if x > 0`, is refused, because a compiled program would keep the answer
that the first numbers gave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, Protocol

import numpy as np

from tinygrad_gates import modes
from tinygrad_gates.core.dispatch import FUNCTIONS, METHODS, REDUCTIONS, UFUNCS
from tinygrad_gates.errors import TraceError


class Tracer(Protocol):
    """What takes down the operations on `Traced` arrays."""

    def see(self, value: Any) -> None:
        """Take notice of a Value whose numbers are about to be read."""

    def apply(self, operation: Any, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        """Compute an operation of the table, and take it down if an operand is traced."""

    def call(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Call a function without gradient, and take it down likewise."""


_IDLE: dict[np.ufunc, float] = {np.maximum: -np.inf, np.minimum: np.inf}
"""Where reductions may begin that have numbers to go on with."""


class Traced:
    """An array that a tracer follows.

    Attributes:
        concrete: the numbers of this run: an array, a NumPy scalar or a Python number.
        atom: what the tracer knows it by.
    """

    __slots__ = "atom", "concrete", "tracer"

    def __init__(self, concrete: Any, atom: Any, tracer: Tracer) -> None:
        self.concrete = concrete
        self.atom = atom
        self.tracer = tracer

    # ---------------------------------------------------------------- what is known beforehand

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return np.shape(self.concrete)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return np.size(self.concrete)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the elements."""
        return np.result_type(self.concrete)

    @property
    def base(self) -> None:
        """None: it shares memory with nothing."""
        return None

    def __len__(self) -> int:
        return len(self.concrete)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return f"Traced({self.dtype}, shape={self.shape})"

    __hash__ = object.__hash__

    # ---------------------------------------------------------------- operations

    @property
    def T(self) -> Any:
        """The axes in reverse order."""
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        """The last two axes exchanged."""
        return np.swapaxes(self, -1, -2)

    def __getattr__(self, name: str) -> Any:
        if name in METHODS:
            self._require_here()
            return lambda *args, **kwargs: METHODS[name](self, *args, **kwargs)
        raise AttributeError(f"a traced array has no attribute {name!r}")

    def __getitem__(self, index: Any) -> Any:
        if type(index) is tuple and not index:
            return self
        self._require_here()
        return METHODS["__getitem__"](self, index)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(map(_answers_itself, map(type, inputs))):
            return NotImplemented
        self._require_here()
        if "initial" in kwargs and kwargs["initial"] == _IDLE.get(ufunc) and self.size:
            del kwargs["initial"]
        if method == "reduce" and ufunc in REDUCTIONS and kwargs.keys() <= {"axis", "keepdims"}:
            return REDUCTIONS[ufunc](*inputs, **{"axis": 0, **kwargs})
        implementation = UFUNCS.get(ufunc)
        options = {name: option for name, option in kwargs.items() if option is not None}
        if method != "__call__" or implementation is None or options:
            name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
            raise _unknown(name, options)
        return implementation(*inputs)

    def __array_function__(
        self,
        func: Callable[..., Any],
        types: tuple[type, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        if any(map(_answers_itself, types)):
            return NotImplemented
        self._require_here()
        if func not in FUNCTIONS:
            raise _unknown(func.__name__, {})
        function, accepted = FUNCTIONS[func]
        if accepted is not None and (unknown := set(kwargs) - accepted):
            raise _unknown(func.__name__, dict.fromkeys(unknown))
        return function(*args, **kwargs)

    def _require_here(self) -> None:
        if modes.tracer() is not self.tracer:
            raise TraceError(
                f"an array of shape {self.shape} is used outside of the function that it was "
                f"traced in: return it instead of keeping it elsewhere"
            )

    # ---------------------------------------------------------------- what needs the numbers

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TraceError(
            f"the numbers of an array of shape {self.shape} are needed before it is computed, "
            f"as by float(x), `if x > 0`, x.item() or x[...] = y"
        )

    __array__ = __bool__ = __float__ = __int__ = __index__ = __complex__ = _refuse
    __setitem__ = item = tolist = tobytes = _refuse


def _unknown(name: str, options: dict[str, Any]) -> TraceError:
    with_options = f" with {', '.join(options)}" if options else ""
    return TraceError(f"np.{name}{with_options} is not in the table of operations")


def _answers_itself(kind: type) -> bool:
    """Return whether a type has NumPy's protocol in its own way, as `Value` has."""
    return hasattr(kind, "__array_ufunc__") and not issubclass(
        kind, (Traced, np.ndarray, np.generic)
    )


def _binary(ufunc: np.ufunc, reflected: bool) -> Callable[[Traced, Any], Any]:
    def operate(self: Traced, other: Any) -> Any:
        if _answers_itself(type(other)):
            return NotImplemented
        return ufunc(other, self) if reflected else ufunc(self, other)

    return operate


def _unary(ufunc: np.ufunc) -> Callable[[Traced], Any]:
    return lambda self: ufunc(self)


_ARITHMETIC: dict[str, np.ufunc] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": np.power,
    "matmul": np.matmul,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "lshift": np.left_shift,
    "rshift": np.right_shift,
}
_COMPARISONS: dict[str, np.ufunc] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
_UNARY: dict[str, np.ufunc] = {
    "neg": np.negative,
    "pos": np.positive,
    "abs": np.absolute,
    "invert": np.invert,
}

for _name, _ufunc in {**_ARITHMETIC, **_COMPARISONS}.items():
    setattr(Traced, f"__{_name}__", _binary(_ufunc, reflected=False))
for _name, _ufunc in _ARITHMETIC.items():
    setattr(Traced, f"__r{_name}__", _binary(_ufunc, reflected=True))
for _name, _ufunc in _UNARY.items():
    setattr(Traced, f"__{_name}__", _unary(_ufunc))
