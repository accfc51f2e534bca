"""Pages that are one file: markup, style, script and data, and nothing from anywhere else."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any


def one_page(
    package: str | None,
    name: str,
    story: dict[str, Any],
    *,
    title: str,
    scripts: Sequence[str] = (),
    style: str = "",
) -> str:
    """Return a page that tells a story, from `web/NAME.html`, `.css` and `.js` in a package.

    All text of the story is data to the page, never markup: it is read by the script, which writes
    it as text. The page's own policy allows no other script or style, and nothing to be fetched.

    Args:
        package: where the files are.
        name: theirs.
        story: anything for JSON.
        title: the page's.
        scripts: the names of several scripts in place of one.
        style: what comes before the style.
    """
    folder = files(package or "").joinpath("web")
    script = "".join(folder.joinpath(f"{each}.js").read_text("utf-8") for each in scripts or [name])
    style += folder.joinpath(f"{name}.css").read_text("utf-8")
    parts = {
        "{{title}}": escape(title),
        "{{policy}}": "default-src 'none'; img-src data:; "
        f"style-src {_digest(style)}; script-src {_digest(script)}",
        "{{style}}": style,
        "{{story}}": _json(story),
        "{{script}}": script,
    }
    html = folder.joinpath(f"{name}.html").read_text("utf-8")
    pieces = []
    for place, part in parts.items():  # each once, in order: what is put in is never searched
        before, found, html = html.partition(place)
        assert found, place
        pieces += [before, part]
    return "".join([*pieces, html])


def framed(page: str, title: str, height: int, width: int | None = None) -> str:
    """Return a page as a part of another one, which can neither style nor name its parts.

    Args:
        page: the page.
        title: what a screen reader calls it.
        height: in pixels.
        width: in pixels; that of what is around by default.
    """
    wide = "100%" if width is None else f"{width}px; max-width: 100%"
    return (
        f'<iframe sandbox="allow-scripts" title="{escape(title)}" srcdoc="{escape(page)}" '
        f'style="border: 0; width: {wide}; height: {height}px"></iframe>'
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _json(story: dict[str, Any]) -> str:
    """Return JSON that no text in it can end before its time."""
    text = json.dumps(story, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode()
