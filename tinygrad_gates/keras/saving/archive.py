"""The `.keras` file: a zip of a configuration, numbers and the date, read in memory only."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinygrad_gates.files import write_whole
from tinygrad_gates.keras.config import KERAS_VERSION

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

LONGEST_CONFIG = 16 * 2**20
MOST_EXPANSION = 200
"""How many times its compressed size a part may have; Keras does not compress at all."""


def write_archive(path: Path, config: str, weights: bytes) -> None:
    """Write a `.keras` file, wholly or not at all."""
    date = datetime.now(UTC).strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": date}
    with write_whole(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, config)
        archive.writestr(WEIGHTS, weights)


def read_archive(path: Path, what: str) -> tuple[dict[str, Any], bytes]:
    """Return the configuration and the numbers of a `.keras` file; nothing is unpacked to disk.

    Raises `ValueError`, beginning with `what`, for what is no such file, is damaged, or looks
    like an attack.
    """
    with _opened(path, what) as archive:
        return config_of(_part(archive, CONFIG, what), what), _part(archive, WEIGHTS, what)


def read_weights(path: Path, what: str) -> bytes:
    """Return the numbers of a `.keras` file alone; raises as `read_archive`."""
    with _opened(path, what) as archive:
        return _part(archive, WEIGHTS, what)


def _opened(path: Path, what: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ValueError(f"{what}: this is no .keras file, or it is cut off ({error}).") from None
    seen: set[str] = set()
    for name in (info.filename for info in archive.infolist()):
        steps = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ":" in name or ".." in steps:
            raise ValueError(f"{what}: the archive has a part {name!r}, a path to outside of it.")
        if name in seen:
            raise ValueError(f"{what}: the archive has {name!r} twice.")
        seen.add(name)
    return archive


def _part(archive: zipfile.ZipFile, name: str, what: str) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise ValueError(f"{what}: {name} is missing in the archive.") from None
    longest = MOST_EXPANSION * max(info.compress_size, 1)
    if name == CONFIG:
        longest = min(longest, LONGEST_CONFIG)
    if info.file_size > longest:
        raise ValueError(f"{what}: {name} claims {info.file_size} bytes, more than plausible.")
    try:
        with archive.open(info) as part:
            content = part.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
            NotImplementedError) as error:  # fmt: skip
        raise ValueError(f"{what}: {name} is damaged ({error}).") from None
    if len(content) != info.file_size:
        raise ValueError(f"{what}: {name} has not the size that the archive claims.")
    return content


def config_of(content: bytes | str, what: str) -> dict[str, Any]:
    """Return a configuration from JSON; raises `ValueError`, beginning with `what`, for others."""
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what}: {CONFIG} is no JSON ({error}).") from None
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"{what}: {CONFIG} describes no model.")
    return config
