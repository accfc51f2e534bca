"""What plots are given: arrays of several kinds, and models that are asked for their outputs."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError

Array = np.ndarray[Any, Any]


def numbers(data: Any) -> Array:
    """Return the numbers of an array, a list, or anything with `numpy()`, as a Value.

    >>> numbers([1, 2])
    array([1, 2])
    """
    return np.asarray(data.numpy() if hasattr(data, "numpy") else data)


def points_of(function: str, x: Any) -> Array:
    """Return points of a plane, an array of shape (n, 2).

    Raises `ShapeError` for another shape, `ValueError` for what is not finite.
    """
    points = numbers(x)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ShapeError(
            f"{function}: x has shape {points.shape}. A plane has two inputs: give points of "
            f"shape (n, 2)."
        )
    if not np.isfinite(points).all():
        raise ValueError(f"{function}: x has numbers that are not finite: they have no place.")
    return points


def outputs_of(function: str, model: Any, places: Array) -> Array:
    """Return what a model says of places, as an array of shape (n, outputs).

    Args:
        function: what messages name.
        model: an object with `predict`, or a function.
        places: of shape (n, 2).

    Raises:
        TypeError: if it is no model.
        ShapeError: if it does not give a row for each place.

    >>> outputs_of("here", lambda places: places.sum(axis=1), np.ones((3, 2)))
    array([[2.],
           [2.],
           [2.]])
    """
    outputs = numbers(_asked(function, model, places))
    if outputs.ndim not in (1, 2) or len(outputs) != len(places):
        raise ShapeError(
            f"{function}: the model gave shape {outputs.shape} for inputs of shape "
            f"{places.shape}. It has to give shape ({len(places)},) or ({len(places)}, outputs)."
        )
    return outputs.reshape(len(places), -1)


def _asked(function: str, model: Any, places: Array) -> Any:
    predict = getattr(model, "predict", None)
    if predict is None:
        if not callable(model):
            raise TypeError(
                f"{function}: {model!r} of type {type(model).__name__} is no model. Give one with "
                f"predict(), or a function of arrays of shape (n, 2)."
            )
        return model(places)
    quiet = {"verbose": 0} if "verbose" in inspect.signature(predict).parameters else {}
    return predict(places, **quiet)
