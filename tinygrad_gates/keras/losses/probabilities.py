"""What losses of probabilities share: targets that fit, and what keeps logarithms finite."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates.core.plain import at_run_time
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras.config import epsilon
from tinygrad_gates.keras.losses.shapes import as_pair, as_predictions
from tinygrad_gates.keras.tensors import as_array


def share(loss: Any, name: str, given: Any, low: float = 0, high: float = 1) -> float:
    """Return an argument of a loss as a float; raises `ValueError` if it is none from low to high.

    >>> share("BinaryCrossentropy", "label_smoothing", 0.1)
    0.1
    """
    try:
        number = math.nan if isinstance(given, (str, bytes, bool)) else float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        bounds = f"from {low:g} up" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{loss}: {name}={given!r} has to be a number {bounds}.")
    return number


def inside(y: Any) -> Any:
    """Return probabilities kept away from 0 and 1, so that logarithms are finite."""
    return np.clip(y, epsilon(), 1 - epsilon())


def as_classes(y_true: Any, y_pred: Any, what: str, axis: int) -> tuple[Value, Value]:
    """Return one-hot (or other) rows of targets, and predictions, as Values of one shape.

    Raises `ShapeError` if they do not fit, with a hint if class numbers were given.
    """
    y_pred = as_predictions(y_pred, what)
    shape, wanted = np.shape(y_true), y_pred.shape
    if shape != wanted and len(wanted) > 1 and wanted[axis] == 1:
        raise ShapeError(
            f"{what}: y_true has shape {shape} and y_pred {wanted}: one unit tells no classes "
            f"apart. Give the last layer a unit for each class, or use a sigmoid and "
            f"loss='binary_crossentropy'."
        )
    if shape != wanted and len(wanted) > 1 and _without(wanted, axis) in (shape, shape[:-1]):
        raise ShapeError(
            f"{what}: y_true has shape {shape} and y_pred {wanted}. For class numbers, use "
            f"loss='sparse_categorical_crossentropy', or make one-hot rows of them with "
            f"to_categorical(y, {wanted[axis]})."
        )
    return as_pair(y_true, y_pred, what)


def class_numbers(y_true: Any, y_pred: Value, what: str, axis: int) -> np.ndarray[Any, Any]:
    """Return class numbers as integers, of the predictions' shape without the axis of classes.

    Raises:
        ShapeError: if they do not fit, with a hint if one-hot rows were given.
        DtypeError: if they are not whole.
    """
    given, wanted = as_array(y_true, f"{what}: y_true"), _without(y_pred.shape, axis)
    shape = given.shape
    if given.ndim == y_pred.ndim and given.ndim and shape[axis] == 1:
        given = given.squeeze(axis)
    if given.shape != wanted:
        hint = ""
        if shape == y_pred.shape:
            hint = " For one-hot rows, use loss='categorical_crossentropy'."
        raise ShapeError(
            f"{what}: y_true has shape {shape}, and class numbers for y_pred of shape "
            f"{y_pred.shape} have shape {wanted}.{hint}"
        )
    return whole(given, what)


@at_run_time
def whole(given: np.ndarray[Any, Any], what: str) -> np.ndarray[Any, Any]:
    """Return class numbers as integers; raises `DtypeError` if they are not whole."""
    with np.errstate(invalid="ignore"):  # NaN is no integer, which is said below
        numbers = given.astype(np.int64)
    if given.dtype.kind == "f" and not (numbers == given).all():
        raise DtypeError(f"{what}: y_true has to hold class numbers, 0, 1 and so on.")
    return numbers


@at_run_time
def within(numbers: np.ndarray[Any, Any], classes: int, what: str) -> np.ndarray[Any, Any]:
    """Return class numbers; raises `ValueError` if there is no prediction for one of them."""
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < classes):
        one = " For 0 and 1, one unit with loss='binary_crossentropy' does."
        raise ValueError(
            f"{what}: y_true has class numbers from {numbers.min()} to {numbers.max()}, and "
            f"y_pred has {classes} classes, 0 to {classes - 1}. Change the number of units of "
            f"the last layer, or the labels.{one if classes == 1 else ''}"
        )
    return numbers


def check_probabilities(y: np.ndarray[Any, Any], what: str, meant: str) -> None:
    """Raise `ValueError` for targets outside of [0, 1]."""
    if y.dtype.kind != "b" and y.size and not (y.min() >= 0 and y.max() <= 1):
        raise ValueError(
            f"{what}: y has numbers from {y.min():g} to {y.max():g}, and the targets of this "
            f"loss are from 0 to 1: {meant}."
        )


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    place = axis % len(shape) if shape else 0
    return shape[:place] + shape[place + 1 :]
