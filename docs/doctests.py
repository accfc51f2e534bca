"""Examples in docstrings as blocks of code: a griffe extension for mkdocstrings."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

# From a prompt to the next blank line; several in a row are one block.
EXAMPLE = re.compile(r"(?:^>>> .*\n(?:^(?!>>>)\S?.+\n)*(?:\n(?=>>> ))?)+", re.MULTILINE)


class Doctests(Extension):
    """Puts each example between fences, so that it is shown as it was written."""

    def on_instance(self, *, obj: Any, **others: Any) -> None:
        """Rewrite the docstring of a module, class or function."""
        if obj.docstring is not None and ">>> " in obj.docstring.value:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    """Return a docstring with its examples between fences."""
    return EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", f"{text}\n")
