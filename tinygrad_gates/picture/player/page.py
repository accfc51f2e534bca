"""The player's page."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.picture.player.layouts import colours
from tinygrad_gates.picture.web import one_page

_SCRIPTS = ("folding", "picture", "panel", "stepping")


def page(story: dict[str, Any]) -> str:
    """Return the page that tells a computation's story."""
    variables = "".join(f"  --{name}: {colour};\n" for name, colour in colours().items())
    return one_page(
        __package__,
        "player",
        story,
        title=f"Backprop: {story['title']}",
        scripts=_SCRIPTS,
        style=f":root {{\n{variables}}}\n",
    )
