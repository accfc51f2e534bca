"""Judging the arguments of layers."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from tinygrad_gates.keras.config import floatx


def positive(layer: str, name: str, given: Any, least: int = 1) -> int:
    """Return an argument as an integer; raises `ValueError` if it is none, or below `least`.

    >>> positive("Dense", "units", 3)
    3
    """
    try:
        number = least - 1 if isinstance(given, bool) else operator.index(given)
    except TypeError:
        number = least - 1
    if number < least:
        wanted = "a positive integer" if least == 1 else f"an integer from {least} up"
        raise ValueError(f"{layer}: {name}={given!r} has to be {wanted}.")
    return number


def real(
    layer: str, name: str, given: Any, low: float = -math.inf, high: float = math.inf
) -> float:
    """Return an argument as a float; raises `ValueError` if it is none, or not from low to high.

    >>> real("Dropout", "rate", 0.5, 0, 1)
    0.5
    """
    try:
        number = math.nan if isinstance(given, (str, bytes, bool)) else float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        bounds = "" if low == -math.inf else f" from {low:g}"
        bounds += "" if high == math.inf else f" to {high:g}"
        raise ValueError(f"{layer}: {name}={given!r} has to be a number{bounds}.")
    return number


def boolean(layer: str, name: str, given: Any) -> bool:
    """Return an argument as a bool; raises `ValueError` if it is none.

    >>> boolean("Dense", "trainable", np.True_)
    True
    """
    if not isinstance(given, (bool, np.bool_)):
        raise ValueError(f"{layer}: {name}={given!r} has to be True or False.")
    return bool(given)


def computing_dtype(layer: str, dtype: Any) -> np.dtype[Any]:
    """Return a dtype to compute in, `floatx()` for None; raises `ValueError` for any other.

    >>> computing_dtype("Dense", {"class_name": "DTypePolicy", "config": {"name": "float64"}})
    dtype('float64')
    """
    if isinstance(dtype, dict):  # a policy, as Keras saves it
        dtype = dtype.get("config", {}).get("name")
    try:
        found = np.dtype(getattr(dtype, "name", dtype) or floatx())
    except TypeError:
        found = np.dtype(object)
    if found.kind not in "fiub":
        raise ValueError(f"{layer}: dtype={dtype!r} is none that layers compute in: give float32.")
    return found


def several(layer: str, name: str, given: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """Return one integer for each of some axes, of one for all, or of as many.

    Raises `ValueError` for anything else.

    >>> several("Conv2D", "kernel_size", 3, 2)
    (3, 3)
    """
    items = tuple(given) if isinstance(given, (list, tuple)) else (given,) * count
    if len(items) != count:
        raise ValueError(f"{layer}: {name}={given!r} has to be one integer, or {count}.")
    return tuple(positive(layer, name, item, least) for item in items)


def one_of(layer: str, name: str, given: Any, known: tuple[str, ...]) -> Any:
    """Return a word in lower case; raises `ValueError` if it is none of the known ones.

    >>> one_of("Conv2D", "padding", "SAME", ("valid", "same"))
    'same'
    """
    word = given.lower() if isinstance(given, str) else given
    if word not in known:
        raise ValueError(f"{layer}: {name}={given!r} has to be one of {', '.join(known)}.")
    return word


def channels_last(layer: str, data_format: str | None) -> bool:
    """Return whether channels are the last axis; raises `ValueError` for an unknown format."""
    if data_format not in (None, "channels_last", "channels_first"):
        raise ValueError(
            f"{layer}: data_format={data_format!r} is neither channels_last nor channels_first."
        )
    return data_format != "channels_first"


def refuse(layer: str, **arguments: Any) -> None:
    """Raise `ValueError` if an argument of Keras's that means nothing here is given."""
    for name, argument in arguments.items():
        if argument not in (None, False):
            raise ValueError(f"{layer}: {name}={argument!r} is not supported.")
