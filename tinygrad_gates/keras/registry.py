"""Names for classes and functions: defining one makes it known, and `get` finds it again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.custom_objects import (
    custom_object_scope,
    get_registered_function,
    get_registered_name,
    get_registered_object,
)
from tinygrad_gates.keras.examples import Example
from tinygrad_gates.keras.sharing import (
    note_read,
    note_written,
    of_shared_only,
    read_before,
    sharing_scope,
)
from tinygrad_gates.keras.utils.naming import to_snake_case

Item = TypeVar("Item")

_PACKAGE = __name__.partition(".")[0]

FAMILIES: dict[str, Registry[Any]] = {}
"""The registries by the modules that Keras says their classes are in."""


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
            identifier = self.made(identifier)
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

    def made(self, data: dict[str, Any]) -> Any:
        """Return what `serialize` made plain data of: an object, or a function by its name."""
        if data["class_name"] == "function":
            name = str(data.get("config"))
            return get_registered_function(name) or self[name]
        made = read_before(data)
        if made is not None:
            return made
        found: Any = get_registered_object(str(data.get("registered_name")))
        if found is None:
            found = self._known_class(data)
        if not hasattr(found, "from_config"):
            if isinstance(found, type):
                raise ValueError(f"{found.__name__} has no from_config() that makes an object.")
            return found
        made = found.from_config(data.get("config") or {})
        for key in ("build", "compile"):
            if data.get(f"{key}_config") and hasattr(made, f"{key}_from_config"):
                getattr(made, f"{key}_from_config")(data[f"{key}_config"])
        note_read(data, made)
        return made

    def _known_class(self, data: dict[str, Any]) -> Callable[..., Any]:
        # A layer may be given where functions are taken, as an activation.
        name = str(data["class_name"])
        found = (family_of(data, self) if self.takes_functions else self)[name]
        if is_ours(found) and (data.get("registered_name") or name) != name:
            raise ValueError(
                f"{name} is this package's, and {data['registered_name']!r} is meant, which is "
                f"not known. Register it with register_keras_serializable before."
            )
        return found


def family_of(data: dict[str, Any], otherwise: Registry[Any]) -> Registry[Any]:
    """Return the registry that plain data is of an object of, by what it says of its module.

    That is where Keras has the class for its users, or where its source is.
    """
    module = str(data.get("module"))
    folders = module.split(".")
    inner = (name for name in reversed(FAMILIES) if name.rpartition(".")[2] in folders)
    return FAMILIES.get(module) or FAMILIES.get(next(inner, ""), otherwise)


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
    _made_with: dict[str, Any]

    def __init_subclass__(cls, *, aliases: Sequence[str] = (), **options: Any) -> None:
        super().__init_subclass__(**options)
        if "registry" in cls.__dict__:
            cls.registry.base = cls
            FAMILIES[cls.config_module] = cls.registry
        else:
            cls.registry.add(cls, *cls.default_names(), *aliases)

    @classmethod
    def default_names(cls) -> tuple[str, ...]:
        """Return the names under which the class is known without any aliases."""
        return cls.__name__, to_snake_case(cls.__name__)

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make an object that knows, if its class is a user's own, what it was made with."""
        made = super().__new__(cls)
        if not is_ours(cls):
            made._made_with = _plain_arguments(cls, args, kwargs)
        return made

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal object, as plain data.

        Those of a user's own class are what it was made with, if that was numbers, strings and
        the like, else the attributes of the arguments' names. A class that keeps others
        elsewhere adds them to what this returns of the class it is derived from.

        Raises `NotImplementedError` if it has to and does not.
        """
        cls = type(self)
        if not is_ours(cls.get_config):
            cls = next(base for base in cls.__mro__ if is_ours(base))
        kept = {name: getattr(self, name) for name in cls.parameters() if hasattr(self, name)}
        if not is_ours(cls) and cls.registry.base is not None:
            of_all = cls.registry.base.parameters()
            kept |= {k: v for k, v in self._made_with.items() if k not in of_all}
        for name in cls.parameters():
            if name not in kept:
                raise NotImplementedError(
                    f"{cls.__name__}: its argument {name!r} is kept in no attribute of that "
                    f"name. Keep it in one, or define get_config."
                )
        return {name: serialize(kept[name]) for name in cls.parameters()}

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Return the names of the constructor's arguments, those that it passes on first."""
        names: list[str] = []
        for owner in cls.__mro__:
            if "__init__" not in owner.__dict__ or owner is object:
                continue
            arguments = inspect.signature(owner.__dict__["__init__"]).parameters.values()
            named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
            own = [a.name for a in [*arguments][1:] if a.kind in named]
            names = [name for name in own if name not in names] + names
            if not any(a.kind is a.VAR_KEYWORD for a in arguments):
                break
        return tuple(name for name in names if name not in cls.unsaved)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an object from what `get_config` returned, here or in Keras.

        What Keras writes of options that are not known here is left out where it is off.
        """
        if not is_ours(cls):
            return cls(**config)
        known = (*cls.parameters(), *cls.unsaved)
        return cls(
            **{
                k: restored(v)
                for k, v in config.items()
                if k in known or v not in (None, False, "auto")
            }
        )

    def serialized(self) -> dict[str, Any]:
        """Return the class and the configuration, as files hold them."""
        cls = type(self)
        ours = is_ours(cls)
        return {
            "module": self.config_module if ours else None,
            "class_name": cls.__name__,
            "config": serialize(self.get_config()),
            "registered_name": None if ours else get_registered_name(cls),
        }


def _plain_arguments(
    cls: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return a constructor's arguments by name, those that are plain data."""
    try:
        bound = inspect.signature(cls.__init__).bind(None, *args, **kwargs)
    except TypeError:  # which the constructor is going to raise
        return {}
    bound.apply_defaults()
    return {name: item for name, item in list(bound.arguments.items())[1:] if _is_plain(item)}


def _is_plain(item: Any) -> bool:
    plain = (str, int, float, bool, type(None))
    return all(isinstance(leaf, plain) for leaf in trees.leaves(item))


def refuse_unknown(item: Configurable, unknown: Iterable[str]) -> None:
    """Raise `ValueError` if there are arguments that a constructor does not know."""
    for name in unknown:
        hint = suggestion(name, (*item.parameters(), *item.unsaved))
        raise ValueError(f"{type(item).__name__}: unknown argument {name!r}.{hint}")


def serialize(item: Any) -> Any:
    """Turn an argument of a constructor into plain data (numbers, strings, lists, dicts).

    Raises `ValueError` for a lambda, which has no name that a file could mean it by.

    >>> serialize([np.float32(0.5), slice(2)])[1]["class_name"]
    '__slice__'
    """
    if isinstance(item, Configurable):
        return note_written(item, item.serialized())
    for kind, plain in _PLAIN.items():
        if isinstance(item, kind):
            return plain(item)
    if hasattr(item, "get_config") and not isinstance(item, type):
        return note_written(item, _described(item))
    if not callable(item):
        return item
    return item.__name__ if is_ours(item) else serialize_function(item)


def serialize_function(function: Callable[..., Any]) -> dict[str, Any]:
    """Return a function's name, as files hold it; raises `ValueError` for a lambda."""
    return {
        "module": "builtins",
        "class_name": "function",
        "config": _function_name(function),
        "registered_name": "function",
    }


def restored(data: Any) -> Any:
    """Return an array that `serialize`, or Keras, made plain data of; others as they are.

    >>> restored(serialize(np.array([1.0, 2.0])))
    array([1., 2.])
    """
    is_array = isinstance(data, dict) and data.get("class_name") in ("__numpy__", "__tensor__")
    return plain_value({**data, "class_name": "__numpy__"}) if is_array else data


def plain_value(data: dict[str, Any]) -> Any:
    """Return what `serialize` made of an array, a slice, bytes or an ellipsis.

    Raises `ValueError` for anything else.

    >>> plain_value(serialize(np.array([1, 2])))
    array([1, 2])
    """
    kind, config = data.get("class_name"), data.get("config")
    if isinstance(config, dict):
        if kind in ("__numpy__", "__tensor__"):
            dtype = np.dtype(config["dtype"])
            if dtype.kind not in "fiub":
                raise ValueError(f"an array of dtype {dtype} holds no numbers.")
            array = np.array(config["value"], dtype)
            return array if kind == "__numpy__" else Value(array, requires_grad=False)
        if kind == "__slice__":
            parts = (config[part] for part in ("start", "stop", "step"))
            return slice(*(plain_value(p) if isinstance(p, dict) else p for p in parts))
        if kind == "__bytes__":
            return str(config["value"]).encode()
        if kind == "__ellipsis__":
            return Ellipsis
    raise ValueError(f"{kind!r} is no kind of plain data.")


def serialize_whole(item: Any) -> Any:
    """Return an object as plain data that says which objects in it are the same."""
    with sharing_scope():
        return of_shared_only(serialize(item))


def _described(item: Any) -> dict[str, Any]:
    """Return the class and the configuration of an object of a user's own class."""
    cls = type(item)
    return {
        "module": None,
        "class_name": cls.__name__,
        "config": serialize(item.get_config()),
        "registered_name": get_registered_name(cls),
    }


def _function_name(function: Callable[..., Any]) -> str:
    name = get_registered_name(function)
    if name == "<lambda>":
        raise ValueError(
            "a lambda has no name by which a file could mean it. Use a function with "
            "register_keras_serializable, or a Layer."
        )
    return name


def _array(array: Any) -> Any:
    if not array.ndim:
        return array.item()
    kind = "__tensor__" if isinstance(array, Value) else "__numpy__"
    numbers = array.numpy() if isinstance(array, Value) else array
    data = {"value": numbers.tolist(), "dtype": numbers.dtype.name}
    return {"class_name": kind, "config": data}


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    (np.generic, np.ndarray, Value): _array,
    np.dtype: lambda item: item.name,
    (list, tuple): lambda item: [serialize(part) for part in item],
    dict: lambda item: {key: serialize(part) for key, part in item.items()},
    bytes: lambda item: {"class_name": "__bytes__", "config": {"value": item.decode()}},
    slice: lambda item: {"class_name": "__slice__", "config": {
        part: serialize(getattr(item, part)) for part in ("start", "stop", "step")}},
    type(Ellipsis): lambda _: {"class_name": "__ellipsis__", "config": {}},
}  # fmt: skip
"""What is no object with a configuration, as plain data, by its kind."""
