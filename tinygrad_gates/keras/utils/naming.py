"""Names of layers and their kin: in snake case, and numbered so that they differ."""

from __future__ import annotations

import re
from collections import Counter

_used: Counter[str] = Counter()
_asked: Counter[str] = Counter()


def to_snake_case(name: str) -> str:
    """Return a class's name as Keras writes it for an object.

    >>> to_snake_case("MeanSquaredError"), to_snake_case("RMSprop"), to_snake_case("Conv2D")
    ('mean_squared_error', 'rm_sprop', 'conv2d')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(prefix: str) -> str:
    """Return the prefix at first, then the prefix with _1, _2 and so on."""
    number = _used[prefix]
    _used[prefix] += 1
    return f"{prefix}_{number}" if number else prefix


def get_uid(prefix: str = "") -> int:
    """Return how often a prefix was asked for, from 1, since the last `clear_session`.

    >>> get_uid("mine"), get_uid("mine")
    (1, 2)
    """
    _asked[prefix] += 1
    return _asked[prefix]


def clear_session(free_memory: bool = True) -> None:
    """Start numbering names afresh; memory is freed when nothing refers to it any more."""
    _used.clear()
    _asked.clear()
