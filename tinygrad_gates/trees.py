"""Nested lists, tuples and dicts of arrays: what functions take and return.

Everything else is a leaf, and None is no leaf at all. Named tuples and kinds of dict keep
their type, and dicts their order.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Path = str
"""Where a leaf is, as Python writes it: `[0]['w']`."""


def leaves(tree: Any) -> list[Any]:
    """Return the leaves in order.

    >>> leaves({"w": [1.0, 2.0], "b": (3.0, None)})
    [1.0, 2.0, 3.0]
    """
    return [leaf for _, leaf in walk(tree)]


def walk(tree: Any, path: Path = "") -> Iterator[tuple[Path, Any]]:
    """Go through the leaves in order, each with its path.

    >>> dict(walk([5.0, {"w": 6.0}]))
    {'[0]': 5.0, "[1]['w']": 6.0}
    """
    if isinstance(tree, (list, tuple)):
        for index, branch in enumerate(tree):
            yield from walk(branch, f"{path}[{index}]")
    elif isinstance(tree, dict):
        for key, branch in tree.items():
            yield from walk(branch, f"{path}[{key!r}]")
    elif tree is not None:
        yield path, tree


def rebuild(tree: Any, new_leaves: Iterable[Any]) -> Any:
    """Return a tree of the same form with other leaves.

    >>> rebuild({"w": [1.0, 2.0], "b": None}, ["x", "y"])
    {'w': ['x', 'y'], 'b': None}
    """
    remaining = iter(new_leaves)
    return transform(lambda _: next(remaining), tree)


def transform(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return a tree of the same form with the function's results for leaves.

    >>> transform(abs, (-1.0, [-2.0]))
    (1.0, [2.0])
    """
    if isinstance(tree, (list, tuple)):
        branches = [transform(function, branch) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)
    if isinstance(tree, dict):
        result = copy.copy(tree)
        for key, branch in tree.items():
            result[key] = transform(function, branch)
        return result
    return None if tree is None else function(tree)


def matching(tree: Any, like: Any, what: str) -> list[Any]:
    """Return the leaves of a tree that has to have the form of another.

    Raises ValueError, beginning with `what`, that names the first difference.

    >>> matching([1.0], {"w": 2.0}, "tangents")
    Traceback (most recent call last):
    ValueError: tangents: ['w'] is missing
    """
    found, expected = dict(walk(tree)), dict(walk(like))
    for path in expected:
        if path not in found:
            raise ValueError(f"{what}: {path or 'an array'} is missing")
    for path in found:
        if path not in expected:
            raise ValueError(f"{what}: {path or 'an array'} has no counterpart")
    return [found[path] for path in expected]
