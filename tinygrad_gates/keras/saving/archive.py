"""The `.keras` file: a zip of a configuration, numbers and the date, read in memory only."""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinygrad_gates.files import write_whole
from tinygrad_gates.keras.config import KERAS_VERSION

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

LONGEST_CONFIG = 64 * 2**20
MOST_EXPANSION = 200
"""How many times its compressed size a part may have; Keras does not compress at all."""


def write_archive(path: str | os.PathLike[str], config: dict[str, Any], weights: bytes) -> None:
    """Write a `.keras` file, wholly or not at all."""
    date = datetime.now(UTC).strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": date}
    with write_whole(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, json.dumps(config))
        archive.writestr(WEIGHTS, weights)


def read_archive(path: str | os.PathLike[str]) -> tuple[dict[str, Any], bytes]:
    """Return the configuration and the numbers of a `.keras` file; nothing is unpacked to disk.

    Raises `ValueError` for what is no such file, is damaged, or looks like an attack.
    """
    what = f"load_model: {os.fspath(path)}"
    try:
        archive = zipfile.ZipFile(io.BytesIO(Path(path).read_bytes()))
    except zipfile.BadZipFile:
        raise ValueError(f"{what}: this is no .keras file, or it is cut off.") from None
    with archive:
        for info in archive.infolist():
            _refuse_tricks(info, archive, what)
        return _config(_part(archive, CONFIG, what), what), _part(archive, WEIGHTS, what)


def _refuse_tricks(info: zipfile.ZipInfo, archive: zipfile.ZipFile, what: str) -> None:
    name = info.filename
    if name.startswith(("/", "\\")) or ":" in name or ".." in name.replace("\\", "/").split("/"):
        raise ValueError(f"{what}: the archive has a part {name!r}, a path to outside of it.")
    if sum(other.filename == name for other in archive.infolist()) > 1:
        raise ValueError(f"{what}: the archive has {name!r} twice.")


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


def _config(content: bytes, what: str) -> dict[str, Any]:
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what}: {CONFIG} is no JSON ({error}).") from None
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"{what}: {CONFIG} describes no model.")
    return config
