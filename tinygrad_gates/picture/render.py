"""Turning DOT into a picture: by the system's `dot` where it works, else by the embedded one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import warnings
from pathlib import Path

from tinygrad_gates.errors import RenderError

TIMEOUT = 60.0
"""Seconds that a renderer may take."""

SYSTEM = "dot"
EMBEDDED = "graphviz-pure"

FORMATS = ("svg", "png", "pdf", "dot", "gv")
"""What `save` writes, by the name of the file; pdf needs the system's `dot`."""

_DOTS_PER_INCH = 144
_LONGEST_SIDE = 120  # inches; with the resolution it bounds the memory a bitmap takes

# What the embedded renderer's own fonts hold: Latin, Greek and Cyrillic, punctuation and arrows,
# mathematical operators. In an SVG the viewer's fonts are used, so only bitmaps are limited.
_BEYOND_EMBEDDED_FONTS = re.compile("[^\x00-\u058f\u1e00-\u23ff\u2500-\u25ff\ufffd]")


def renderers() -> list[str]:
    """Return the paths of the Graphviz programs found, in order of preference."""
    found = [
        shutil.which(SYSTEM),
        *(shutil.which(EMBEDDED, path=path) for path in _scripts()),
    ]
    return list(dict.fromkeys(program for program in found if program))


def _scripts() -> list[str | None]:
    """Return the folders where this Python's packages put their programs, then the PATH."""
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    return [*(sysconfig.get_path("scripts", scheme) for scheme in schemes), None]


def render(source: str, kind: str, *, timeout: float = TIMEOUT) -> bytes:
    """Return DOT text as a picture.

    Args:
        source: the text of a graph in the DOT language.
        kind: "svg", "png" or, with a system Graphviz, "pdf".
        timeout: seconds after which to give up.

    Raises:
        RenderError: if no Graphviz is found, if none can draw this, or if it takes too long.

    >>> render("digraph { a -> b }", "svg")[:5]
    b'<?xml'
    """
    programs = [program for program in renderers() if _can_write(program, kind)]
    if not programs:
        raise RenderError(_nothing_to_draw_with(kind))
    failures = []
    for program in programs:
        done = _run(program, source, kind, timeout)
        if not done.returncode and done.stdout:
            if kind == "png" and _is_embedded(program):
                _warn_of_missing_glyphs(source)
            return done.stdout
        complaint = done.stderr.decode(errors="replace").strip()
        failures.append(f"{program} ended with status {done.returncode}: {complaint[-500:]}")
    raise RenderError(f"Graphviz could not draw this graph as {kind}. " + "; ".join(failures))


def _is_embedded(program: str) -> bool:
    return Path(program).stem == EMBEDDED


def _can_write(program: str, kind: str) -> bool:
    return kind != "pdf" or not _is_embedded(program)


def _nothing_to_draw_with(kind: str) -> str:
    system = "install Graphviz from https://graphviz.org/download/ so that `dot` is on the PATH"
    if kind == "pdf":
        return f"A pdf is drawn by a system Graphviz only: {system}, or save as .svg or .png."
    return (
        f"No Graphviz was found to draw with: run `pip install {EMBEDDED}`, or {system}. "
        f"The graph's DOT text (.source, or a file named .dot) needs neither."
    )


def _run(
    program: str, source: str, kind: str, timeout: float
) -> subprocess.CompletedProcess[bytes]:
    command = [program, f"-T{kind}"]
    if kind == "png":
        side = f"{_LONGEST_SIDE},{_LONGEST_SIDE}"
        command += [f"-Gdpi={_DOTS_PER_INCH}", f"-Gsize={side}"]
    try:
        return subprocess.run(
            command,
            input=source.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"{program} had not drawn this graph after {timeout:g} s: draw fewer nodes "
            f"(max_nodes=...), or save the graph as .dot and draw it yourself."
        ) from None
    except OSError as error:
        return subprocess.CompletedProcess(command, error.errno or 1, b"", str(error).encode())


def _warn_of_missing_glyphs(source: str) -> None:
    missing = sorted(set(_BEYOND_EMBEDDED_FONTS.findall(source)))
    if missing:
        warnings.warn(
            f"The embedded Graphviz has no font for {''.join(missing[:10])!r} in a png, and draws "
            f"boxes. Save as .svg, or install a system Graphviz.",
            stacklevel=4,
        )


def kind_of(path: str | os.PathLike[str]) -> str:
    """Return the kind of picture that a file's name asks for.

    Raises:
        RenderError: if the name does not end in one of `FORMATS`.

    >>> kind_of("neuron.SVG")
    'svg'
    """
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        known = ", ".join(f".{known}" for known in FORMATS)
        raise RenderError(
            f"A graph is saved as {known} (.pdf needs a system Graphviz), as the file's name "
            f"says; {os.fspath(path)!r} ends in none of these."
        )
    return kind
