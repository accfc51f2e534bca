"""`Variable`: a Value that can be assigned to, such as a layer's weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from tinygrad_gates.core.traced import Traced
from tinygrad_gates.core.value import BY_VALUE, DIFFERENTIABLE, Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import initializers
from tinygrad_gates.keras.allowance import take_weight
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.tensors import as_array
from tinygrad_gates.keras.utils.naming import unique_name


class Variable(Value):
    """A leaf of the graph with a name, whose numbers may be replaced.

    It is a Value, so every operator and NumPy function takes it, and gradients flow to it.

    Args:
        initializer: the data, or an initializer (its name, or an object) with `shape`.
        shape: the shape that an initializer fills.
        dtype: `config.floatx()`, float32, by default, or an array's own.
        trainable: whether gradients flow here; integers are never trained.
        name: the last part of its path.
        owner: what it belongs to; `path` is "owner/name", as is the label in pictures.
        regularizer: a function of the variable, whose result is added to the loss.
        constraint: a function of the data, whose result replaces it after each training step.

    >>> v = Variable([1, 2], dtype="float32", name="v")
    >>> v.assign_add([1.0, 1.0])
    <Variable path=v, shape=(2,), dtype=float32, value=[2. 3.]>
    """

    __slots__ = ("_own_name", "_trainable", "constraint", "path", "regularizer")

    def __init__(
        self,
        initializer: str | Callable[..., Any] | ArrayLike,
        shape: tuple[int, ...] | None = None,
        dtype: DTypeLike | None = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        owner: str = "",
        regularizer: Callable[[Value], Value] | None = None,
        constraint: Callable[[Any], Any] | None = None,
    ) -> None:
        self.regularizer = regularizer
        self.constraint = constraint
        if isinstance(initializer, str) or callable(initializer):
            if shape is None:
                raise ValueError("Variable: an initializer needs shape=, such as shape=(2, 3).")
            dtype = np.dtype(dtype or floatx())
            take_weight(shape, dtype)
            data = initializers.get(initializer)(tuple(shape), dtype)
        else:
            if dtype is None and not isinstance(initializer, (np.ndarray, np.generic)):
                dtype = floatx()
            data = initializer
        self._own_name = name or unique_name("variable")
        self.path = f"{owner}/{self._own_name}" if owner else self._own_name
        data = np.asarray(data, dtype)
        floating = data.dtype.kind == "f"
        super().__init__(data, self.path, requires_grad=trainable and floating)
        self.trainable = trainable

    @property
    def name(self) -> str:
        """The name without its owner's."""
        return self._own_name

    @property
    def value(self) -> Self:
        """The Value that takes part in computations: the variable itself."""
        return self

    @property
    def trainable(self) -> bool:
        """Whether gradients flow to it; settable."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        if trainable and self._data.dtype.kind == "f":
            self._state = self._state & ~BY_VALUE | DIFFERENTIABLE
        else:
            self._state = self._state & ~DIFFERENTIABLE | BY_VALUE

    def assign(self, value: ArrayLike) -> Self:
        """Replace the numbers by others of the same shape, cast to this dtype.

        A gradient that was recorded with the old numbers then refuses to be computed.

        Raises `ShapeError` for another shape.
        """
        data: Any = value._data if isinstance(value, Value) else value
        followed = isinstance(data, Traced)
        array = data.astype(self.dtype) if followed else np.array(data, self.dtype)
        if array.shape != self.shape:
            raise ShapeError(
                f"{self.path}: the variable has shape {self.shape}; it cannot take a value of "
                f"shape {array.shape}."
            )
        self.replace(array if array.ndim else array[()])
        return self

    def constrained(self, data: Any) -> Any:
        """Return what the constraint makes of numbers that the variable is to take.

        Raises `ShapeError` if that has another shape.
        """
        assert self.constraint is not None
        array = as_array(self.constraint(data), f"{self.path}: constraint", self.dtype)
        if array.shape != self.shape:
            raise ShapeError(
                f"{self.path}: the constraint made shape {array.shape} of {self.shape}."
            )
        return array[()]

    def replace(self, data: Any) -> None:
        """Take an array that nobody else holds, of the same shape and dtype, unchecked."""
        self._replace(data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self._data, dtype=dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        owner = self.path.removesuffix(self._own_name).rstrip("/")
        terms = self.regularizer, self.constraint
        return _restore, (self.numpy(), self._trainable, self._own_name, owner, *terms)

    def __repr__(self) -> str:
        return (
            f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, "
            f"value={self._data}>"
        )


def _restore(
    data: Any, trainable: bool, name: str, owner: str, regularizer: Any, constraint: Any
) -> Variable:
    return Variable(
        data,
        trainable=trainable,
        name=name,
        owner=owner,
        regularizer=regularizer,
        constraint=constraint,
    )
