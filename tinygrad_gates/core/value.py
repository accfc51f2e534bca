"""`Value`: a number or an array that remembers how it was computed.

The operators, methods and NumPy functions of `Value` are not written here: they come from the
rows of `tinygrad_gates.ops`, which fill the tables of `tinygrad_gates.core.dispatch` and attach
the operators (`tinygrad_gates.core.primitive`). A Value in isolation is data and a place in a
graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from sys import getrefcount
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np
from numpy import ndarray

from tinygrad_gates import modes
from tinygrad_gates.core.data import as_real
from tinygrad_gates.core.dispatch import FUNCTIONS, REDUCTIONS, UFUNCS
from tinygrad_gates.core.refusals import no_rule, refused_option
from tinygrad_gates.errors import DtypeError, MutationError, NotDifferentiableError, ShapeError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from tinygrad_gates.core.primitive import Primitive

# The bits of `Value._state`. Most Values are just DIFFERENTIABLE; the operators' fast path and
# the reverse sweep ask with one comparison whether anything else has to be looked at.
DIFFERENTIABLE = 1
CHANGED = 2  # the data was replaced or altered after the Value was made
EXPOSED = 4  # look closer: the array was handed out, or the data of a recorded node changed
STRUCTURED = 8  # the operation has static parameters or more than two operands
VARIADIC = 16  # one rule of the operation serves all operands
ANNOTATED = 32  # it carries something that is not computed with, such as a mask
BY_VALUE = 64  # operations keep its numbers: it may be assigned to before gradients are computed

# An operand that is a Python number stays one, so that NumPy does not widen float32 by it.
WEAK = (float, int, bool)

_NO_EXTRA: Any = MappingProxyType({})
_serial = count()
_new = object.__new__


class Value:
    """A scalar or a tensor, the operation that made it, and its gradient.

    Args:
        data: a number, or what `np.array` takes; copied. A Python number becomes float64, an
            array keeps its dtype. Integer and boolean arrays are carried and never
            differentiated.
        label: the name shown in pictures and messages.
        requires_grad: whether gradients flow here; by default they do for floats.
        dtype: the NumPy dtype to convert to.

    Raises:
        DtypeError: for complex numbers, text, objects, other Values, or `requires_grad=True`
            with integers.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + 10
    >>> c.backward()
    >>> a.grad, b.grad
    (np.float64(-3.0), np.float64(2.0))
    """

    # Few slots and no tuple of operands: the garbage collector visits every slot of every node,
    # over and over, while a large graph is recorded. What few nodes have is in `_extra`.
    __slots__ = "__weakref__ _data _extra _left _right _row _serial _state grad".split()

    grad: Any
    _data: Any
    _state: int
    _serial: int
    _row: Primitive | None
    _left: Value
    _right: Value | None
    _extra: dict[str, Any]

    def __init__(
        self,
        data: ArrayLike,
        label: str = "",
        *,
        requires_grad: bool | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        array = as_real(data, dtype)
        if array is data or array.base is not None:
            array = array.copy()
        floating = array.dtype.kind == "f"
        if requires_grad and not floating:
            raise DtypeError(
                f"Value: only floats have gradients, and this data is {array.dtype}. "
                f"Give floats, or dtype=float."
            )
        self._data = array if array.ndim else array[()]
        self._state = DIFFERENTIABLE if floating and requires_grad is not False else 0
        self._serial = next(_serial)
        self._row = None
        if label:
            self.label = label

    def __getattr__(self, name: str) -> Any:
        # Slots that most Values never fill are left empty; reading one arrives here.
        if name == "grad":
            return 0.0
        if name == "_extra":
            return _NO_EXTRA
        raise AttributeError(f"Value has no attribute {name!r}")

    def _set_extra(self, name: str, item: Any) -> None:
        try:
            self._extra[name] = item
        except TypeError:  # the empty default of `__getattr__`
            self._extra = {name: item}

    @property
    def label(self) -> str:
        """The name shown in pictures and messages; empty by default, and settable."""
        return self._extra.get("label", "")

    @label.setter
    def label(self, label: str) -> None:
        self._set_extra("label", label)

    # ---------------------------------------------------------------- data

    @property
    def data(self) -> Any:
        """The number (a NumPy scalar) or the array itself, not a copy.

        It may be replaced by one of the same shape, and an array may be altered in place.
        A gradient that was recorded with the old numbers then refuses to be computed.

        >>> w = Value([1.0, 2.0])
        >>> w.data -= 0.5
        >>> w.data
        array([0.5, 1.5])
        """
        data = self._numbers()
        if type(data) is ndarray and "snapshot" not in self._extra:
            if data.base is not None or self._state & BY_VALUE:  # others look at this array, too
                self._data = data = data.copy()
            self._set_extra("snapshot", data.tobytes())
            self._state |= EXPOSED
        return data

    @data.setter
    def data(self, data: ArrayLike) -> None:
        old = self._numbers()
        if data is old:  # the end of `value.data += ...`: already altered in place
            self._synchronize()
            return
        if (
            type(data) is ndarray
            and type(old) is ndarray
            and data.dtype is old.dtype
            and data.shape == old.shape
        ):
            self._replace(data.copy())
        else:
            self._replace(self._converted(data))

    def _numbers(self) -> Any:
        """Return the data where numbers are read, which a tracer has to know of."""
        if modes.active and (tracer := modes.tracer()) is not None:
            tracer.see(self)
        return self._data

    def assign_add(self, delta: ArrayLike) -> Self:
        """Add to the data, and return this Value. Quicker than `value.data += delta`.

        Raises as setting `data` does, if the sum has another shape or kind of dtype.

        >>> Value([1.0, 2.0]).assign_add([0.5, 0.5])
        Value(data=[1.5, 2.5], grad=0.0)
        """
        return self._take(self._numbers() + delta)

    def assign_sub(self, delta: ArrayLike) -> Self:
        """Subtract from the data, and return this Value; as `assign_add`.

        >>> Value([1.0, 2.0]).assign_sub([0.5, 0.5])
        Value(data=[0.5, 1.5], grad=0.0)
        """
        return self._take(self._numbers() - delta)

    def _take(self, data: Any) -> Self:
        old = self._data
        if type(data) is not type(old) or data.dtype is not old.dtype or data.shape != old.shape:
            data = self._converted(data)
        self._replace(data)
        return self

    def _replace(self, data: Any) -> None:
        """Take data that nobody else holds, of the same shape and dtype, unchecked."""
        self._data = data
        if self._state & EXPOSED:  # what was handed out is no longer this Value's data
            self._state &= ~EXPOSED
            self._extra.pop("snapshot", None)
        self._mark_changed()

    def _converted(self, data: ArrayLike) -> Any:
        """Return new data as this Value's shape and dtype, or refuse."""
        array, shape, dtype = as_real(data, None), self.shape, self.dtype
        if array.shape != shape:
            raise ShapeError(
                f"{self._name()}.data has shape {shape}; it cannot become data of shape "
                f"{array.shape}. Make a new Value for another shape."
            )
        if not np.can_cast(array.dtype, dtype, "same_kind"):
            raise DtypeError(
                f"{self._name()}.data is {dtype}; it cannot take {array.dtype}. "
                f"Make a new Value for another dtype."
            )
        return array.astype(dtype)[()]

    def numpy(self) -> Any:
        """Return a copy of the data, as a NumPy array or scalar.

        >>> Value([1, 2]).numpy()
        array([1, 2])
        """
        data = self._numbers()
        return data.copy() if isinstance(data, ndarray) else data

    def item(self) -> float:
        """Return the data, which has one element, as a Python number.

        >>> Value([[2.5]]).item()
        2.5
        """
        return np.asarray(self._numbers()).item()

    def tolist(self) -> Any:
        """Return the data as nested lists of Python numbers.

        >>> Value([[1.0, 2.0]]).tolist()
        [[1.0, 2.0]]
        """
        return np.asarray(self._numbers()).tolist()

    def detach(self) -> Value:
        """Return a constant with a copy of this data: no gradient flows through it.

        >>> Value(2.0).detach().requires_grad
        False
        """
        return Value(self.numpy(), self.label, requires_grad=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes; `()` for a scalar."""
        data = self._data
        return () if type(data) in WEAK else data.shape

    @property
    def ndim(self) -> int:
        """The number of axes; 0 for a scalar."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        data = self._data
        return 1 if type(data) in WEAK else data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype of the data."""
        data = self._data
        return np.result_type(data) if type(data) in WEAK else data.dtype

    # ---------------------------------------------------------------- graph

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this Value."""
        return bool(self._state & DIFFERENTIABLE)

    @property
    def is_constant(self) -> bool:
        """Whether this is data that no gradient flows to."""
        return not self.requires_grad

    @property
    def has_grad(self) -> bool:
        """Whether a backward pass has stored a gradient in `grad`."""
        try:
            object.__getattribute__(self, "grad")  # the slot, past the default of `__getattr__`
        except AttributeError:
            return False
        return True

    @property
    def _inputs(self) -> tuple[Value, ...]:
        if self._row is None:
            return ()
        if self._right is None:
            return (self._left,)
        return (self._left, self._right, *self._extra.get("more", ()))

    @property
    def _params(self) -> dict[str, Any]:
        return self._extra.get("params", {})

    @property
    def _prev(self) -> set[Value]:
        return set(self._inputs)

    @property
    def _op(self) -> str:
        return self._row.symbol if self._row else ""

    def _name(self) -> str:
        """What messages call this Value."""
        label = f" {self.label!r}" if self.label else ""
        made = f" made by {self._row.name}" if self._row else ""
        return f"Value{label}{made} of shape {self.shape}"

    # ---------------------------------------------------------------- changes of recorded data

    def _mark_changed(self) -> None:
        # A changed leaf takes a new number, so that it is younger than what was recorded from
        # it: one comparison in the reverse sweep. A node's number is its place in the order.
        if self._row is None:
            self._serial = next(_serial)
            self._state |= CHANGED
        else:
            self._state |= CHANGED | EXPOSED

    def _synchronize(self) -> None:
        """Notice changes that were made in place to an array that was handed out."""
        if not self._state & EXPOSED or "snapshot" not in self._extra:
            return
        now = self._data.tobytes()
        if now != self._extra["snapshot"]:
            self._extra["snapshot"] = now
            self._mark_changed()
        # Two references are this slot and getrefcount's argument: nobody outside holds the
        # array, or a view of it, any longer.
        if getrefcount(self._data) <= 2 and self._row is None:
            self._state &= ~EXPOSED
            del self._extra["snapshot"]

    def _verify_unchanged(self, recorder: Value) -> None:
        """Refuse if this data is not what `recorder` was computed from."""
        self._synchronize()
        changed_node = self._row is not None and self._state & CHANGED
        if changed_node or self._serial > recorder._serial:
            assert recorder._row is not None
            raise MutationError(
                f"{self._name()} was changed after {recorder._row.name} used it, so the "
                f"recorded gradient would be wrong. Change data after backward(), compute the "
                f"result again after the change, or change a copy (value.numpy())."
            )

    # ---------------------------------------------------------------- Python and NumPy protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if method == "reduce" and ufunc in REDUCTIONS and kwargs.keys() <= {"axis", "keepdims"}:
            return REDUCTIONS[ufunc](*inputs, **{"axis": 0, **kwargs})
        for option, given in kwargs.items():
            if option == "out" or (given is not None and given is not True):
                raise refused_option(name, option)
        function = UFUNCS.get(ufunc)
        if method != "__call__" or function is None:
            raise no_rule(name)
        return function(*inputs)

    def __array_function__(
        self,
        func: Callable[..., Any],
        types: tuple[type, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        module = getattr(func, "__module__", "numpy").removeprefix("numpy").lstrip(".")
        name = f"{module}.{func.__name__}" if module else func.__name__
        if func not in FUNCTIONS:
            raise no_rule(name)
        function, accepted = FUNCTIONS[func]
        for option in list(kwargs):
            if option == "out" and kwargs[option] is None:
                del kwargs[option]
            elif option == "out" or (accepted is not None and option not in accepted):
                raise refused_option(name, option)
        return function(*args, **kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self._state & DIFFERENTIABLE and not modes.plain_arrays:
            raise NotDifferentiableError(
                f"{self._name()} would lose its gradient if it became a NumPy array. "
                f"Use .data or .numpy() for the numbers alone, np.stack to join Values."
            )
        return np.array(self._numbers(), dtype=dtype)

    __hash__ = object.__hash__

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a scalar Value")
        return self.shape[0]

    def __iter__(self) -> Iterator[Value]:
        if not self.shape:
            raise TypeError("a scalar Value cannot be iterated over")
        return (self[index] for index in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self._numbers())

    def __float__(self) -> float:
        return float(self._numbers())

    def __int__(self) -> int:
        return int(self._numbers())

    def __index__(self) -> int:
        if self._state & DIFFERENTIABLE or np.asarray(self._data).dtype.kind not in "iu":
            raise TypeError(f"{self._name()} is not an integer and cannot be an index")
        return int(self._numbers())

    def __format__(self, spec: str) -> str:
        return format(self._numbers(), spec) if spec else str(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        grad = "" if self.is_constant else f", grad={_text(self.grad)}"
        return f"Value(data={_text(self._data)}{grad}{label})"

    def __setitem__(self, index: Any, item: Any) -> NoReturn:
        raise TypeError(
            "a Value does not change in place: build a new one with np.where or np.concatenate, "
            "or set numbers before recording with value.data[index] = ..."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        if self._row is not None and not modes.plain_arrays:
            raise TypeError(
                f"{self._name()} belongs to a graph and cannot be copied or pickled: "
                f"copy value.detach() instead"
            )
        restore = partial(Value, requires_grad=self.requires_grad and self._row is None)
        return (restore, (self.numpy(), self.label))

    if TYPE_CHECKING:  # attached from the rows of ops and from core.backward
        T: Value

        def __add__(self, other: Any) -> Value: ...
        def __radd__(self, other: Any) -> Value: ...
        def __sub__(self, other: Any) -> Value: ...
        def __rsub__(self, other: Any) -> Value: ...
        def __mul__(self, other: Any) -> Value: ...
        def __rmul__(self, other: Any) -> Value: ...
        def __truediv__(self, other: Any) -> Value: ...
        def __rtruediv__(self, other: Any) -> Value: ...
        def __floordiv__(self, other: Any) -> Value: ...
        def __rfloordiv__(self, other: Any) -> Value: ...
        def __mod__(self, other: Any) -> Value: ...
        def __rmod__(self, other: Any) -> Value: ...
        def __pow__(self, other: Any) -> Value: ...
        def __rpow__(self, other: Any) -> Value: ...
        def __matmul__(self, other: Any) -> Value: ...
        def __rmatmul__(self, other: Any) -> Value: ...
        def __divmod__(self, other: Any) -> tuple[Value, Value]: ...
        def __rdivmod__(self, other: Any) -> tuple[Value, Value]: ...
        def __neg__(self) -> Value: ...
        def __pos__(self) -> Value: ...
        def __abs__(self) -> Value: ...
        def __round__(self, ndigits: int = 0) -> Value: ...
        def __getitem__(self, index: Any) -> Value: ...
        def __eq__(self, other: Any) -> Any: ...
        def __ne__(self, other: Any) -> Any: ...
        def __lt__(self, other: Any) -> Any: ...
        def __le__(self, other: Any) -> Any: ...
        def __gt__(self, other: Any) -> Any: ...
        def __ge__(self, other: Any) -> Any: ...
        def backward(self, gradient: Any = None) -> None: ...  # noqa: D102
        def graph(self, **options: Any) -> Any: ...  # noqa: D102
        def player(self, **options: Any) -> Any: ...  # noqa: D102


def _text(data: Any) -> str:
    if np.ndim(data):
        return np.array2string(np.asarray(data), separator=", ", threshold=20)
    return f"{data}"
