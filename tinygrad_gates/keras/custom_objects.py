"""Names that a user gives to classes and functions of his own, so that files can mean them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Item = TypeVar("Item", bound=Callable[..., Any])

_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}
_scoped: ContextVar[Mapping[str, Any]] = ContextVar("custom_objects", default={})  # noqa: B039


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Item], Item]:
    """Make a class or a function known to files as "package>name", as a decorator.

    Args:
        package: tells names of different authors apart.
        name: the class's or function's own by default.

    Raises:
        ValueError: for a class without `get_config`.

    >>> @register_keras_serializable("mine")
    ... def double(x):
    ...     return 2 * x
    >>> get_registered_name(double), get_registered_object("mine>double") is double
    ('mine>double', True)
    """

    def register(item: Item) -> Item:
        if isinstance(item, type) and not hasattr(item, "get_config"):
            raise ValueError(
                f"Cannot register a class that does not have a get_config() method: "
                f"{item.__name__}. Define it, to return the arguments of the constructor."
            )
        full = f"{package}>{name or item.__name__}"
        _registered[full] = item
        _names[item] = full
        return item

    return register


def get_registered_name(item: Any) -> str:
    """Return the name under which a class or function is registered, or its own."""
    try:
        return _names.get(item) or item.__name__
    except TypeError:  # it cannot be hashed
        return str(item.__name__)


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Any = None
) -> Any:
    """Return the class or function that a name means, or None."""
    for objects in (custom_objects or {}, _scoped.get(), _registered, module_objects or {}):
        if name in objects:
            return objects[name]
    return None


def get_registered_function(name: str) -> Any:
    """Return the function that a name means, or None.

    Up to its version 3.6, Keras wrote names without the package that they are registered under.
    """
    found = get_registered_object(name)
    if found is None and ">" not in name:
        meant = (item for full, item in _registered.items() if full.endswith(f">{name}"))
        found = next((item for item in meant if not isinstance(item, type)), None)
    return found


def get_custom_objects() -> dict[str, Any]:
    """Return the registered classes and functions by name; the dict may be changed."""
    return _registered


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let names mean a user's own classes and functions inside of a `with`; None adds none.

    >>> with custom_object_scope({"mine": abs}):
    ...     get_registered_object("mine")
    <built-in function abs>
    """
    token = _scoped.set({**_scoped.get(), **(custom_objects or {})})
    try:
        yield
    finally:
        _scoped.reset(token)


CustomObjectScope = custom_object_scope
