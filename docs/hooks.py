"""What the site makes of the project itself: outputs of its programs, notebooks, and the table."""

from __future__ import annotations

import html
import importlib.util
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from tinygrad_gates.core import REGISTRY, Primitive
from tinygrad_gates.picture.rules import row_text

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import notebooks  # noqa: E402
import programs  # noqa: E402

STYLE = "width:100%;height:{}px;border:1px solid #8886"
FRAME = f'<iframe src="{{}}" title="interactive picture" style="{STYLE}"></iframe>'


def on_files(files: Files, config: Any) -> Files:
    """Add what is generated: pictures that pages draw, notebooks, the table, charts."""
    for file in list(files.documentation_pages()):
        for name, content in drawn_by(Path(file.abs_src_path)):
            place = Path(file.src_uri).parent / name
            files.append(File.generated(config, place.as_posix(), content=content))
    for path in sorted((ROOT / "examples" / "notebooks").glob("*.py")):
        for name, content in pages_of(path):
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    files.append(File.generated(config, "api/primitives.md", content=table()))
    chart = (HERE / "pictures" / "speed.svg").read_bytes()
    files.append(File.generated(config, "speed.svg", content=chart))
    return files


# -------------------------------------------------------------------- pages


def drawn_by(page: Path) -> Iterator[tuple[str, bytes]]:
    """Run a page's programs, and yield the pictures that they save and the page shows."""
    names = programs.pictures(page)
    if not names:
        return
    with tempfile.TemporaryDirectory() as folder:
        programs.run(page, Path(folder))
        for name in sorted(names):
            yield name, (Path(folder) / name).read_bytes()


# -------------------------------------------------------------------- notebooks


def pages_of(path: Path) -> Iterator[tuple[str, str | bytes]]:
    """Run a notebook; yield the page of it, and the files that the page shows."""
    has_numba = importlib.util.find_spec("numba") is not None
    changed = {} if has_numba else {"SEEDS": 20}
    parts: list[str] = []
    for number, cell in enumerate(notebooks.run(path, **changed)):
        if cell.kind == "markdown":
            parts.append(cell.text)
            continue
        parts.append(f"```python\n{cell.text}\n```")
        if cell.printed:
            parts.append(f"```text\n{cell.printed.rstrip()}\n```")
        for kind, picture in cell.shown:
            name = f"{path.stem}-{number}"
            suffix = {"_repr_png_": "png", "_repr_svg_": "svg", "_repr_html_": "html"}[kind]
            if suffix == "html":
                height = int(re.findall(r"height: (\d+)px", picture)[-1])
                picture = html.unescape(re.findall(r'srcdoc="([^"]*)"', picture)[0])
                parts.append(FRAME.format(f"{name}.html", height))
            else:
                parts.append(f"![what this cell draws]({name}.{suffix})")
            yield f"{name}.{suffix}", picture
    source = f"examples/notebooks/{path.name}"
    parts.append(f"*This page is `{source}`, run when the site was built.*")
    yield f"{path.stem}.md", "\n\n".join(parts)


# -------------------------------------------------------------------- the table


def table() -> str:
    """Return the page of all primitives, from their rows."""
    by_file: dict[str, list[Primitive]] = {}
    for row in sorted(REGISTRY.values(), key=lambda row: row.name):
        by_file.setdefault(_home(row), []).append(row)
    lines = [
        "# The table of primitives",
        "",
        f"All {len(REGISTRY)} rows of the table: what each computes, its vector-Jacobian rule for "
        "each operand, and where it is differentiable, which is where its tests draw from. "
        "In a rule, `g` is the cotangent of the result, and `y` the result. This page is made "
        "from the table itself; the rules are those that run.",
    ]
    for home, rows in sorted(by_file.items()):
        lines += ["", f"## {home}"]
        for row in rows:
            lines += ["", *_row(row)]
    return "\n".join(lines)


def _home(row: Primitive) -> str:
    rule = row.vjps if not isinstance(row.vjps, tuple) else next(r for r in row.vjps if r)
    return str(rule.__module__).removeprefix("tinygrad_gates.").replace(".", "/")


def _row(row: Primitive) -> Iterator[str]:
    text = row_text(row)
    yield f"### {row.name} {{ #{row.name} }}"
    yield ""
    yield f"{row.doc} Drawn as {html.escape(row.symbol)}.".replace("|", "&#124;")
    yield ""
    yield from _code("forward", text.forward)
    for place, rule in enumerate(text.rules, 1):
        yield from _code(f"rule {place}" if len(text.rules) > 1 else "rule", rule)
    yield f"Domain: {text.domain}." + (f" At a kink: {row.at_kink}." if row.at_kink else "")


def _code(title: str, text: str) -> Iterator[str]:
    yield f'```python title="{title}"'
    yield text
    yield "```"
    yield ""
