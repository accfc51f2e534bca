"""The page itself: markup, style and script in one file, and nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from typing import Any

from tinygrad_gates.picture.player.layouts import colours

_SCRIPTS = ("folding.js", "picture.js", "panel.js", "stepping.js")


def page(story: dict[str, Any]) -> str:
    """Return the page that tells a story.

    All text of the story is data to the page, never markup: it is read by the script, which writes
    it as text. The page's own policy lets no other script run, and nothing be fetched.
    """
    script = "".join(map(_file, _SCRIPTS))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    own = f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'"
    parts = {
        "{{title}}": escape(f"Backprop: {story['title']}"),
        "{{policy}}": f"default-src 'none'; {own}",
        "{{style}}": f"{_variables()}\n{_file('style.css')}",
        "{{story}}": _json(story),
        "{{script}}": script,
    }
    html = _file("page.html")
    pieces = []
    for name, part in parts.items():  # each piece once, in order: what is put in is never searched
        before, found, html = html.partition(name)
        assert found, name
        pieces += [before, part]
    return "".join([*pieces, html])


def _file(name: str) -> str:
    return files(__package__).joinpath("web", name).read_text("utf-8")


def _variables() -> str:
    lines = "".join(f"  --{name}: {colour};\n" for name, colour in colours().items())
    return f":root {{\n{lines}}}"


def _json(story: dict[str, Any]) -> str:
    """Return JSON that no text in it can end before its time."""
    text = json.dumps(story, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode()
