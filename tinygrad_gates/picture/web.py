"""Pages that are one file: markup, style, script and data, and nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
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
    images: bool = False,
) -> str:
    """Return a page that tells a story, from `web/NAME.html`, `.css` and `.js` in a package.

    All text of the story is data to the page, never markup: it is read by the script, which writes
    it as text. The page's own policy lets no other script run, and nothing be fetched.

    Args:
        package: where the files are.
        name: theirs.
        story: anything for JSON.
        title: the page's.
        scripts: the names of several scripts in place of one.
        style: what comes before the style.
        images: whether the story holds pictures, as base64.
    """
    folder = files(package or "").joinpath("web")
    script = "".join(folder.joinpath(f"{each}.js").read_text("utf-8") for each in scripts or [name])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    parts = {
        "{{title}}": escape(title),
        "{{policy}}": f"{policy}; img-src data:" if images else policy,
        "{{style}}": style + folder.joinpath(f"{name}.css").read_text("utf-8"),
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


def _json(story: dict[str, Any]) -> str:
    """Return JSON that no text in it can end before its time."""
    text = json.dumps(story, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode()
