"""The layout holds: imports go downwards, files stay short, the engine alone stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tinygrad_gates

ROOT = Path(tinygrad_gates.__file__).parent
RANKS = {
    **dict.fromkeys(["errors", "files", "modes", "nodes", "trees", "random"], 0),
    "core": 1,
    "ops": 2,
    **dict.fromkeys(["transforms", "gradcheck", "compile", "picture"], 3),
    **dict.fromkeys(["keras", "distribution"], 4),
    "stand_in": 5,
    **dict.fromkeys(["cli", "__init__"], 6),
}
OPTIONAL = {
    "tensorboardX",
    "matplotlib",
    "PIL",
    "numba",
    "h5py",
    "safetensors",
    "mpi4py",
    "IPython",
}
FILES = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in ROOT.rglob("*.py")]


def unit(module: str) -> str:
    """Return the part of the package that a module or file belongs to."""
    return module.split(".")[1] if "." in module else "__init__"


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES)
def test_imports_go_downwards(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imports(ast.parse(path.read_text("utf-8"))):
        if module.startswith("tinygrad_gates.") and own != "__init__":
            other = unit(module)
            assert other == own or RANKS[other] < RANKS[own], f"{own} imports {module}"


@pytest.mark.parametrize("path", FILES)
def test_imports_inside_functions_are_of_optional_packages(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for module in imports(node):
                assert module.split(".")[0] in OPTIONAL, f"{node.name} imports {module}"


@pytest.mark.parametrize("path", FILES)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 500


@pytest.mark.parametrize("module", ["tinygrad_gates.core", "tinygrad_gates"])
def test_heavy_packages_wait_for_their_first_use(module: str) -> None:
    heavy = {
        "graphviz",
        "matplotlib",
        "scipy",
        "numba",
        "h5py",
        "torch",
        "keras",
        "tinygrad_gates.keras",
    }
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not heavy & set(loaded.stdout.split())


def test_types_are_shipped() -> None:
    assert (ROOT / "py.typed").exists()
