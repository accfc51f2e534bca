"""Checks of hyperparameters: each returns what it was given, or says what would do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple


class Interval(NamedTuple):
    """The finite numbers that a hyperparameter may be."""

    text: str
    holds: Callable[[float], bool]


FINITE = Interval("a finite number", lambda x: True)
FROM_0 = Interval("a number from 0 up", lambda x: x >= 0)
ABOVE_0 = Interval("a number above 0", lambda x: x > 0)
UP_TO_0 = Interval("a number up to 0", lambda x: x <= 0)
FROM_0_TO_1 = Interval("a number from 0 to 1", lambda x: 0 <= x <= 1)
FROM_0_BELOW_1 = Interval("a number from 0 to below 1", lambda x: 0 <= x < 1)
ABOVE_0_TO_1 = Interval("a number above 0 and up to 1", lambda x: 0 < x <= 1)


def number(
    owner: object, name: str, given: Any, interval: Interval = FROM_0, *, or_else: str = ""
) -> float:
    """Return a number in an interval as a float.

    Args:
        owner: what messages begin with the class of.
        name: what messages call the number.
        given: what came: a number, or an array or Value of one.
        interval: what it may be.
        or_else: what else could have been given, for the message.

    Raises:
        ValueError: if it is no finite number, or not in the interval.

    >>> number([], "size", 2)
    2.0
    """
    try:
        value = math.nan if isinstance(given, (str, bytes, bool)) else float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and interval.holds(value)):
        also = f", or {or_else}" if or_else else ""
        raise ValueError(
            f"{type(owner).__name__}: {name}={given!r} has to be {interval.text}{also}."
        )
    return value


def count(owner: object, name: str, given: Any, least: int) -> int | None:
    """Return a whole number that is large enough, or None.

    Raises `ValueError` for anything else.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not hasattr(given, "__index__") or int(given) < least:
        raise ValueError(
            f"{type(owner).__name__}: {name}={given!r} has to be a whole number from {least} up, "
            f"or None."
        )
    return int(given)
