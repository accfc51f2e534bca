"""Notebooks kept as scripts: their cells, and what running them shows.

A line `# %%` begins a cell of code, `# %% [markdown]` one of text in comments. Editors open such
scripts as notebooks, and `jupytext --to ipynb` makes one.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = ("_repr_html_", "_repr_svg_", "_repr_png_")


@dataclass
class Cell:
    """A part of a notebook, and what it showed when it was run.

    Attributes:
        kind: "markdown" or "code".
        text: its text, without the marks of comments.
        printed: what it printed.
        shown: its last expression as a picture: the name of a method in `KINDS`, and its result.
    """

    kind: str
    text: str
    printed: str = ""
    shown: list[tuple[str, Any]] = field(default_factory=list)


def cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook."""
    parts = re.split(r"^# %%(.*)\n", path.read_text("utf-8"), flags=re.MULTILINE)
    found = []
    for mark, text in zip(parts[1::2], parts[2::2], strict=True):
        if "[markdown]" in mark:
            lines = [line.removeprefix("#").removeprefix(" ") for line in text.strip().splitlines()]
            found.append(Cell("markdown", "\n".join(lines)))
        else:
            found.append(Cell("code", text.strip()))
    return found


def run(path: Path, **changed: Any) -> list[Cell]:
    """Run a notebook from top to bottom, and return its cells with what they showed.

    Args:
        path: the script.
        changed: constants to set otherwise where the notebook assigns them, such as SEEDS.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    found = cells(path)
    for number, cell in enumerate(found):
        if cell.kind == "code":
            _run(cell, f"{path.name}, cell {number}", names, changed)
    return found


def _run(cell: Cell, name: str, names: dict[str, Any], changed: dict[str, Any]) -> None:
    tree = ast.parse(cell.text, name)
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=constant)]) if constant in changed:
                statement.value = ast.copy_location(
                    ast.Constant(changed[constant]), statement.value
                )
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), names)
        if isinstance(last, ast.Expr):
            result = eval(compile(ast.Expression(last.value), name, "eval"), names)
            cell.shown = _shown(result)
            if result is not None and not cell.shown:
                print(repr(result))
    cell.printed = printed.getvalue()


def _shown(result: Any) -> list[tuple[str, Any]]:
    """Return the first way in which a notebook can show a result as a picture."""
    for kind in KINDS:
        method = getattr(result, kind, None)
        if method is not None and (picture := method()) is not None:
            # a picture, or the pair of one and its size
            return [(kind, picture[0] if isinstance(picture, tuple) else picture)]
    return []
