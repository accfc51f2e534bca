"""Names for classes and functions: defining one makes it known, and `get` finds it again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.custom_objects import (
    custom_object_scope,
    get_registered_name,
    get_registered_object,
)
from tinygrad_gates.keras.examples import Example
from tinygrad_gates.keras.utils.naming import to_snake_case

Item = TypeVar("Item")

_PACKAGE = __name__.partition(".")[0]


class Registry(Generic[Item]):
    """The known classes and functions of one kind, such as "optimizer".

    A name is looked for as it is written, then without regard to case. A class of a user's own
    never takes the name of one of this package's, and replaces an earlier one of his own: a
    notebook cell runs twice.

    Args:
        kind: what messages call an entry.
        takes_functions: whether `get` takes functions as they are.
        also: names that mean different entries in different places, for messages.

    >>> colours = Registry("colour")
    >>> colours.add(str.upper, "Loud")
    >>> colours["loud"]("red")
    'RED'
    """

    def __init__(
        self, kind: str, *, takes_functions: bool = False, also: Sequence[str] = ()
    ) -> None:
        self.kind = kind
        self.takes_functions = takes_functions
        self.also = tuple(also)
        self.base: type[Any] | None = None
        self._entries: dict[str, Callable[..., Any]] = {}
        self._folded: dict[str, Callable[..., Any]] = {}

    def add(self, entry: Callable[..., Any], *names: str) -> None:
        """Make a class or a function known by names.

        Raises `ValueError` if two of this package's share a name.
        """
        for name in dict.fromkeys(names):
            holder = self._entries.get(name)
            if holder is not None and is_ours(holder) and is_ours(entry):
                raise ValueError(f"two {self.kind}s are named {name!r}: {holder}, {entry}")
            for entries, key in ((self._entries, name), (self._folded, name.lower())):
                if key not in entries or not is_ours(entries[key]):
                    entries[key] = entry

    def __getitem__(self, name: str) -> Callable[..., Any]:
        """Return what has this name; raises `ValueError` with the known names."""
        found: Callable[..., Any] | None = get_registered_object(name)
        if found is not None:
            return found
        try:
            return self._entries.get(name) or self._folded[name.lower()]
        except KeyError:
            names = {*self.also, *(entry.__name__ for entry in self)}
            known = ", ".join(sorted(names, key=str.lower))
            hint = suggestion(name, [*self.also, *self._folded])
            raise ValueError(f"Unknown {self.kind}: {name!r}.{hint} Known are: {known}.") from None

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._folded

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        """Go through the entries, each once."""
        return iter(dict.fromkeys(self._entries.values()))

    def get(self, identifier: Any) -> Item:
        """Return the object that an identifier means.

        Args:
            identifier: a name, a class, a configuration (a dict with "class_name" and "config"),
                or an object of the kind itself, which is returned as it is.

        Raises:
            ValueError: for an unknown name, or anything else.
        """
        if isinstance(identifier, str):
            identifier = self[identifier]
        elif isinstance(identifier, dict) and "class_name" in identifier:
            identifier = self._from_plain_data(identifier)
        if isinstance(identifier, type):
            identifier = identifier()
        is_instance = self.base is not None and isinstance(identifier, self.base)
        if is_instance or (self.takes_functions and callable(identifier)):
            item: Item = identifier
            return item
        raise ValueError(
            f"Could not interpret {self.kind} {identifier!r} of type "
            f"{type(identifier).__name__}. Give a name, a class or an object of this kind."
        )

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Return the object that `serialize` made plain data of.

        Raises `ValueError` for an unknown name.
        """
        with custom_object_scope(custom_objects or {}):
            return self.get(config)

    def _from_plain_data(self, data: dict[str, Any]) -> Any:
        """Return what `serialize` made plain data of: an object, or a function by its name."""
        if data["class_name"] == "function":
            return self[str(data.get("config"))]
        found: Any = get_registered_object(str(data.get("registered_name")))
        if found is None:
            found = self[str(data["class_name"])]
        if not hasattr(found, "from_config"):
            return found
        made = found.from_config(data.get("config") or {})
        if data.get("build_config") and hasattr(made, "build_from_config"):
            made.build_from_config(data["build_config"])
        return made


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: what was meant, if that can be told.

    >>> suggestion("rellu", ["linear", "relu"])
    " Did you mean 'relu'?"
    """
    near = get_close_matches(name.strip().lower(), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def is_ours(entry: Callable[..., Any]) -> bool:
    """Return whether a class or a function is one of this package's."""
    return entry.__module__.partition(".")[0] == _PACKAGE


class Configurable:
    """A class whose `__init__` parameters, kept under the same names, are its configuration.

    A subclass that sets `registry` starts a family; every class derived from it is entered
    there under its own name, that name in snake case, and its `aliases`.

    Attributes:
        examples: what tests try the class on; a class without any is refused by them.
        unsaved: arguments of the constructor that are no part of the configuration.
    """

    registry: ClassVar[Registry[Any]]
    config_module: ClassVar[str]
    examples: ClassVar[Sequence[Example]] = ()
    unsaved: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, aliases: Sequence[str] = (), **options: Any) -> None:
        super().__init_subclass__(**options)
        if "registry" in cls.__dict__:
            cls.registry.base = cls
        else:
            cls.registry.add(cls, *cls.default_names(), *aliases)

    @classmethod
    def default_names(cls) -> tuple[str, ...]:
        """Return the names under which the class is known without any aliases."""
        return cls.__name__, to_snake_case(cls.__name__)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal object, as plain data.

        A subclass whose attributes are not its arguments adds what is missing.

        Raises `NotImplementedError` if it has to and does not.
        """
        missing = [name for name in self.parameters() if not hasattr(self, name)]
        if missing and getattr(type(self).get_config, "__module__", "").startswith(_PACKAGE):
            raise NotImplementedError(
                f"{type(self).__name__}: its argument {missing[0]!r} is kept in no attribute of "
                f"that name. Keep it in one, or define get_config."
            )
        names = [name for name in self.parameters() if name not in missing]
        return {name: serialize(getattr(self, name)) for name in names}

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Return the names of the constructor's arguments, those that it passes on first."""
        names: list[str] = []
        for owner in cls.__mro__:
            if "__init__" not in owner.__dict__ or owner is object:
                continue
            arguments = inspect.signature(owner.__dict__["__init__"]).parameters.values()
            own = [a.name for a in arguments if a.kind in (a.POSITIONAL_OR_KEYWORD, a.KEYWORD_ONLY)]
            names = [name for name in own if name not in names] + names
            if not any(a.kind is a.VAR_KEYWORD for a in arguments):
                break
        return tuple(name for name in names if name != "self" and name not in cls.unsaved)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an object from what `get_config` returned, here or in Keras.

        What Keras writes of options that are not known here is left out where it is off.
        """
        if not is_ours(cls):
            return cls(**config)
        known = (*cls.parameters(), *cls.unsaved)
        return cls(
            **{k: v for k, v in config.items() if k in known or v not in (None, False, "auto")}
        )

    def serialized(self) -> dict[str, Any]:
        """Return the class and the configuration, as files hold them."""
        cls = type(self)
        ours = is_ours(cls)
        return {
            "module": self.config_module if ours else None,
            "class_name": cls.__name__,
            "config": self.get_config(),
            "registered_name": None if ours else get_registered_name(cls),
        }


def refuse_unknown(item: Configurable, unknown: Iterable[str]) -> None:
    """Raise `ValueError` if there are arguments that a constructor does not know."""
    for name in unknown:
        hint = suggestion(name, (*item.parameters(), *item.unsaved))
        raise ValueError(f"{type(item).__name__}: unknown argument {name!r}.{hint}")


def serialize(item: Any) -> Any:
    """Turn an argument of a constructor into plain data (numbers, strings, lists, dicts)."""
    if isinstance(item, Configurable):
        return item.serialized()
    if isinstance(item, (np.generic, Value)):
        return item.item()
    if isinstance(item, np.dtype):
        return item.name
    if isinstance(item, (list, tuple)):
        return [serialize(part) for part in item]
    if isinstance(item, dict):
        return {key: serialize(part) for key, part in item.items()}
    if not callable(item):
        return item
    if is_ours(item):
        return item.__name__
    return {
        "module": "builtins",
        "class_name": "function",
        "config": get_registered_name(item),
        "registered_name": "function",
    }
