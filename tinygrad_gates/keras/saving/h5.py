"""Numbers in HDF5 files, through h5py, an optional dependency."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tinygrad_gates.keras.saving.places import Place

MOST_EXPANSION = 16
"""How many times its size in the file a chunk may have; Keras does not compress at all."""

DEEPEST = 500
"""How many groups may be inside of each other."""


def written(places: list[Place]) -> bytes:
    """Return an HDF5 file with the variables of some places.

    Raises `ImportError` if h5py is not installed.
    """
    buffer = io.BytesIO()
    with _h5py().File(buffer, "w") as file:
        for place in places:
            group = file.create_group(place.path)
            group.attrs["name"] = place.owner.name
            for name, array in place.numbers().items():
                group.create_dataset(name, data=array)
    return buffer.getvalue()


@contextmanager
def opened(content: bytes, what: str) -> Iterator[H5Numbers]:
    """Open an HDF5 file that is held in memory.

    Raises `ValueError`, beginning with `what`, if it is none, or damaged.
    """
    h5py = _h5py()
    try:
        # From memory: with a file object, damage makes h5py raise at other places later on.
        file = h5py.File(h5py.h5f.open_file_image(content))
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"{what}: this is no HDF5 file, or it is damaged ({error}).") from None
    try:
        with file:
            yield H5Numbers(file, what, len(content))
    except Exception as error:  # any kind, for damage shows when a part is looked at
        if isinstance(error, ValueError) and str(error).startswith(what):
            raise
        raise ValueError(f"{what}: the numbers are damaged ({error}).") from None


class H5Numbers:
    """The numbers in an open HDF5 file, looked up by path; no link out of it is followed."""

    def __init__(self, file: Any, what: str, size: int) -> None:
        self._file = file
        self._what = what
        self._most = MOST_EXPANSION * size

    def at(self, path: str) -> Mapping[str, Any]:
        """Return the datasets of a place by their names; none if there is no such place."""
        found = self._resolved(path)
        if found is None:
            return {}
        return {name: self._dataset(found, name) for name in found}

    def paths(self) -> set[str]:
        """Return the paths of all places that have numbers; no link is followed."""
        h5py = _h5py()
        found: set[str] = set()
        seen: set[int] = set()  # a group may be inside of itself
        waiting: list[tuple[str, Any]] = [("", self._file)]
        while waiting:
            path, group = waiting.pop()
            address = h5py.h5o.get_info(group.id).addr
            if address in seen:
                continue
            seen.add(address)
            if path.count("/") > DEEPEST:
                raise ValueError(f"{self._what}: the groups are nested too deeply.")
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    continue
                item = group[name]
                if isinstance(item, h5py.Dataset):
                    found.add(path)
                elif isinstance(item, h5py.Group):
                    waiting.append((f"{path}/{name}" if path else name, item))
        return found

    def _resolved(self, path: str) -> Any:
        item = self._file
        for part in path.split("/"):
            if not isinstance(item, _h5py().Group) or part not in item:
                return None
            self._refuse_link(item, part)
            item = item[part]
        return item

    def _refuse_link(self, group: Any, name: str) -> None:
        if not isinstance(group.get(name, getlink=True), _h5py().HardLink):
            raise ValueError(
                f"{self._what}: {name!r} is a link to elsewhere, which is not followed."
            )

    def _dataset(self, group: Any, name: str) -> Any:
        self._refuse_link(group, name)
        item = group[name]
        if not isinstance(item, _h5py().Dataset) or item.dtype.kind not in "fiub":
            raise ValueError(f"{self._what}: {group.name}/{name} holds no numbers.")
        if item.external or item.is_virtual:
            raise ValueError(
                f"{self._what}: {group.name}/{name} lies in another file, which is not opened."
            )
        if math.prod(item.chunks or ()) * item.dtype.itemsize > max(self._most, item.nbytes):
            raise ValueError(f"{self._what}: {group.name}/{name} has implausibly large chunks.")
        return item


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise ImportError(
            "Keras's files hold HDF5: install h5py, as with pip install 'tinygrad-gates[io]'."
        ) from None
    return h5py
