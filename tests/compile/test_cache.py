"""Machine code on disk: found again by the next process, and never in a program's way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")

from tinygrad_gates.compile import cache
from tinygrad_gates.compile.emit_numba import NumbaCode
from tinygrad_gates.compile.lower import lower
from tinygrad_gates.compile.passes import simplified

SOURCE = """def inner(x, out):
    for _i in range(3):
        out[_i] = np.exp(x[_i])


def outer(x, out):
    inner(x, out)
"""
PROGRAM = f"""
import numpy as np
from tinygrad_gates.compile.cache import compiled
function = compiled({SOURCE!r}, "outer", ("inner",))
x, out = np.arange(3.0), np.empty(3)
function(x, out)
assert np.allclose(out, np.exp(x))
print(sum(function.stats.cache_hits.values()), sum(function.stats.cache_misses.values()))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINYGRAD_GATES_CACHE", str(tmp_path))
    cache.compiled.cache_clear()
    return tmp_path


def process() -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def finished(running: subprocess.Popen[str]) -> list[int]:
    output, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    return [int(word) for word in output.split()]


def files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.rglob(f"*{ending}"))


def works() -> bool:
    function = cache.compiled(SOURCE, "outer", ("inner",))
    x, out = np.arange(3.0), np.empty(3)
    function(x, out)
    return np.allclose(out, np.exp(x))


def test_the_next_process_compiles_nothing(folder: Path) -> None:
    together = [process(), process()]  # which may both write
    for running in together:
        finished(running)
    finished(process())  # what was written at the same time may be out of date, once
    assert finished(process()) == [1, 0]
    assert len(files(folder, ".py")) == 1


@pytest.mark.parametrize("content", [b"", b"something else", b"\x80\x04"])
@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
def test_damaged_entries_are_made_anew(folder: Path, ending: str, content: bytes) -> None:
    assert works()
    for file in files(folder, ending):
        file.write_bytes(content)
    cache.compiled.cache_clear()
    assert works()
    finished(process())
    assert finished(process()) == [1, 0], "they were not written anew"


def test_other_dtypes_have_other_texts() -> None:
    texts = set()
    for dtype in (np.float32, np.float64):
        a = np.ones((4, 2), dtype)
        program = simplified(lower(lambda a: a @ a.T, (a,), {}).program)
        texts.add(NumbaCode(program).source)
    assert len(texts) == 2


def test_numba_s_own_folder_is_not_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(elsewhere))
    assert works()
    assert not files(elsewhere, ".nbc")


def test_sources_on_disk_are_never_run(folder: Path) -> None:
    assert works()
    (source,) = files(folder, ".py")
    source.write_text("raise SystemExit('run')")
    cache.compiled.cache_clear()
    assert works()


@pytest.mark.parametrize("given", ["", "0"])
def test_it_can_be_switched_off(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYGRAD_GATES_CACHE", given)
    cache.compiled.cache_clear()
    assert cache._file_of(SOURCE) is None
    assert works()


def test_a_folder_that_cannot_be_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("TINYGRAD_GATES_CACHE", str(in_the_way))
    cache.compiled.cache_clear()
    assert cache._file_of(SOURCE) is None
    assert works()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions are others on Windows")
def test_a_folder_that_others_may_write_to_is_not_trusted(folder: Path) -> None:
    directory = cache._directory()
    assert directory is not None
    assert directory.stat().st_mode & 0o777 == 0o700
    directory.chmod(0o777)
    assert cache._file_of(SOURCE) is None
    assert works()


def test_the_oldest_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST", 3)
    for number in range(6):
        file = cache._file_of(f"x = {number}\n")
        assert file is not None
        os.utime(file, (number, number))
    kept = sorted(file.read_text() for file in files(folder, ".py"))
    assert kept == ["x = 3\n", "x = 4\n", "x = 5\n"]
