"""Making targets and predictions fit each other, before anything broadcasts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.tensors import as_value


def match_ranks(a: Any, b: Any) -> tuple[Any, Any]:
    """Drop or add a last axis of length 1 where two ranks differ by just that, as Keras does.

    A vector gets the axis; an array of higher rank stays, and the other loses it.

    >>> a, b = match_ranks(np.zeros(4), np.zeros((4, 1)))
    >>> a.shape, b.shape
    ((4, 1), (4, 1))
    """
    if len(a.shape) == len(b.shape) + 1:
        b, a = match_ranks(b, a)
    elif len(b.shape) == len(a.shape) + 1 and b.shape[-1] == 1:
        if len(a.shape) == 1:
            a = a.reshape(-1, 1)
        else:
            b = b.reshape(b.shape[:-1])
    return a, b


def as_predictions(y_pred: Any, what: str) -> Value:
    """Return predictions as a Value of floats: one that is stays, data become `config.floatx()`.

    Raises `DtypeError` if they are no numbers.
    """
    if isinstance(y_pred, Value) and y_pred._data.dtype.kind == "f":
        return y_pred
    return as_value(y_pred, np.dtype(floatx()), f"{what}: y_pred")


def as_pair(y_true: Any, y_pred: Any, what: str) -> tuple[Value, Value]:
    """Return targets and predictions as Values of one shape and dtype, the predictions'.

    Raises `ShapeError` if they do not fit, and `DtypeError` if they are no numbers.
    """
    y_pred = as_predictions(y_pred, what)
    if not isinstance(y_true, Value) or y_true._data.dtype != y_pred._data.dtype:
        y_true = as_value(y_true, y_pred._data.dtype, f"{what}: y_true")
    if y_true._data.shape != y_pred._data.shape:
        y_true, y_pred = match_shapes(y_true, y_pred, what)
    return y_true, y_pred


def kind_of_labels(y_true: tuple[int, ...], y_pred: tuple[int, ...]) -> str:
    """Return what shapes of targets and predictions speak for, as Keras decides.

    "binary" for predictions with one value, "sparse" for targets without the axis of classes,
    and "categorical" else.

    >>> kind_of_labels((4,), (4, 1)), kind_of_labels((4,), (4, 3)), kind_of_labels((4, 3), (4, 3))
    ('binary', 'sparse', 'categorical')
    """
    if y_pred[-1:] == (1,) or len(y_pred) < 2:
        return "binary"
    return "sparse" if len(y_true) < len(y_pred) or y_true[-1] == 1 else "categorical"


def axes_of(given: Any) -> Any:
    """Return an axis, or several as a tuple, as reductions take them; files have lists.

    >>> axes_of([1, 2])
    (1, 2)
    """
    return tuple(given) if isinstance(given, list) else given


def signs(y_true: Any) -> Any:
    """Return -1 for 0 if all targets are 0 or 1, and targets as they are else.

    >>> signs(np.array([0.0, 1.0])), signs(np.array([-1.0, 1.0]))
    (array([-1.,  1.]), array([-1.,  1.]))
    """
    binary = np.all((y_true == 0) | (y_true == 1))
    return np.where(binary, 2 * y_true - 1, y_true)


def match_shapes(y_true: Any, y_pred: Any, what: str) -> tuple[Any, Any]:
    """Return targets and predictions of one shape.

    Raises `ShapeError` where they differ by more than a last axis of length 1, since
    broadcasting would compare every sample with every other.

    >>> match_shapes(np.zeros((4, 3)), np.zeros((4, 1)), "mse")
    Traceback (most recent call last):
    ...
    tinygrad_gates.errors.ShapeError: mse: y_true has shape (4, 3) and y_pred (4, 1); they have \
to be equal. Change the number of units of the last layer, or reshape y.
    """
    y_true, y_pred = match_ranks(y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{what}: y_true has shape {y_true.shape} and y_pred {y_pred.shape}; they have to be "
            f"equal. Change the number of units of the last layer, or reshape y."
        )
    return y_true, y_pred
