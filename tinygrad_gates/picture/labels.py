"""What stands in a node: text made safe for DOT, numbers shortened, arrays as small matrices."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.nodes import Field

MAX_ENTRIES = 16
"""Arrays of at most this many entries are written out."""

MAX_SIDE = 8
"""Arrays with more rows or columns than this are not written out."""

MAX_LINE = 40
MAX_LINES = 4
MAX_PARAMS = 4

TEXT = "#1A1A1A"
MUTED = "#4A4A4A"
GRADIENT = "#8A2C00"
TEXT_SIZE = 12
SMALL_SIZE = 10

# Where a title is wider than the fields, Graphviz stretches all columns alike. Empty ones beside
# the fields take most of it, so that these stay together.
_FILLERS = 9
_FILLER = '<TD CELLPADDING="0"></TD>' * _FILLERS
_NEW_LINE = '<BR ALIGN="LEFT"/>'
_EMPTY = "<TR><TD></TD></TR>"
_EXPONENT = re.compile(r"e([+-])0*(?=\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]")


# -------------------------------------------------------------------- numbers


def number(entry: Any) -> str:
    """Return a number with at most 4 significant digits; integers and truth values in full.

    >>> [number(x) for x in (0.70710678, 2.0, -0.0, 1.5e-8, 123456.0, 123456)]
    ['0.7071', '2', '0', '1.5e-8', '1.235e5', '123456']
    """
    if isinstance(entry, (bool, np.bool_, int, np.integer)):
        return str(entry)
    text = _EXPONENT.sub(lambda found: "e-" if found[1] == "-" else "e", f"{entry:.4g}")
    return "0" if text == "-0" else text


def content(data: Any) -> str | tuple[tuple[str, ...], ...]:
    """Return how data is shown: a number, a small matrix as rows of text, or the range.

    >>> content(np.eye(2))
    (('1', '0'), ('0', '1'))
    >>> content(np.arange(100.0))
    '0 to 99'
    """
    array = np.asarray(data)
    if not array.ndim:
        return number(array[()])
    if not array.size:
        return "empty"
    if array.ndim <= 2 and array.size <= MAX_ENTRIES and max(array.shape) <= MAX_SIDE:
        return tuple(tuple(map(number, row)) for row in np.atleast_2d(array))
    return _range(array)


def _range(array: np.ndarray[Any, Any]) -> str:
    missing = int(np.isnan(array).sum()) if array.dtype.kind == "f" else 0
    if missing == array.size:
        return "all nan"
    numbers = array[~np.isnan(array)] if missing else array
    low, high = number(numbers.min()), number(numbers.max())
    shown = f"{low} to {high}" if low != high or missing else f"all {low}"
    return f"{shown}, {missing:,} nan" if missing else shown


def parameters(params: Mapping[str, Any]) -> str:
    """Return the static parameters of an operation, one a line, those that are off left out.

    >>> parameters({"axis": (0, 1), "keepdims": False, "ddof": 1})
    'axis=(0, 1)\\nddof=1'
    """  # noqa: D301 (the backslash is doubled)
    lines = [f"{name}={_static(item)}" for name, item in params.items() if not _is_off(item)]
    if len(lines) > MAX_PARAMS:
        lines[MAX_PARAMS - 1 :] = ["…"]
    return "\n".join(lines)


def _is_off(item: Any) -> bool:
    return item is None or item is False


def _static(item: Any) -> str:
    if isinstance(item, tuple):
        inner = ", ".join(map(_static, item[:MAX_SIDE])) + (", …" if len(item) > MAX_SIDE else "")
        return f"({inner},)" if len(item) == 1 else f"({inner})"
    if isinstance(item, slice):
        bounds = (item.start, item.stop, *(() if item.step is None else (item.step,)))
        return ":".join("" if bound is None else str(bound) for bound in bounds)
    if item is Ellipsis:
        return "…"
    if isinstance(item, np.ndarray) and item.ndim:
        return f"{item.dtype} of shape {item.shape}"
    if isinstance(item, (int, float, np.generic, np.ndarray)):
        plain = item.item() if isinstance(item, (np.generic, np.ndarray)) else item
        return number(plain) if isinstance(plain, (int, float)) else str(plain)
    return str(getattr(item, "__name__", item))


# -------------------------------------------------------------------- text


def escape(text: str) -> str:
    r"""Return text for an HTML-like label, where it shows as it is.

    Markup, DOT's own escapes (``\N``) and entities lose their meaning; characters that no
    picture can hold show as U+FFFD; long text is cut. Lines are joined by line breaks.

    >>> escape("a<b> \\N\n{c}")
    'a&lt;b&gt; \\\\N<BR ALIGN="LEFT"/>{c}'
    """
    return _NEW_LINE.join(html.escape(line.replace("\\", "\\\\")) for line in shown_lines(text))


def shown_lines(text: str) -> list[str]:
    """Return the lines of text that are shown, with what cannot be shown replaced."""
    lines = text.expandtabs(4).splitlines() or [""]
    if len(lines) > MAX_LINES:
        lines[MAX_LINES - 1 :] = ["…"]
    clipped = (line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…" for line in lines)
    return [_CONTROL.sub("\ufffd", line) for line in clipped]


def width(text: str, size: float) -> int:
    """Return a width in points that holds the text wherever it is displayed.

    Renderers without fonts take every character that is not ASCII for a narrow one, so its
    width is said here: that of a full square for East Asian ones.
    """
    if text.isascii():
        return 0
    squares = max(sum(map(_squares, line)) for line in shown_lines(text))
    return round(squares * size) + 6


def _squares(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.6


# -------------------------------------------------------------------- HTML-like labels


def value_label(title: str, detail: str, fields: Sequence[Field], rule: str) -> str:
    """Return the label of a value: its name, its shape, then its fields under a rule.

    Args:
        title: its name, in bold; may be empty.
        detail: a line in small print, such as the shape and dtype; may be empty.
        fields: what it holds.
        rule: the colour of the matrices' brackets.
    """
    # Graphviz takes a blank text within markup for a fault.
    title, detail = title.strip(), detail.strip()
    rows = [_head(title, detail)] if title or detail else []
    if rows and fields:
        rows.append("<HR/>")
    cells = [_field(field, rule) for field in fields]
    lines = ["".join(cells)] if any(field.is_tall for field in fields) else cells
    if fields:
        table = _table("".join(f"<TR>{line}</TR>" for line in lines), padding=2)
        rows.append(f'<TR><TD ALIGN="LEFT">{table}</TD>{_FILLER}</TR>')
    return f"<{_table(''.join(rows) or _EMPTY, padding=4)}>"


def operation_label(symbol: str, params: str) -> str:
    """Return the label of an operation: its symbol, and its parameters in small print."""
    symbol, params = symbol.strip() or "?", params.strip()
    size = 16 if len(symbol) == 1 else TEXT_SIZE
    text = f'<FONT POINT-SIZE="{size}">{escape(symbol)}</FONT>'
    if params:
        text += f"<BR/>{_small(params)}".replace(_NEW_LINE, "<BR/>")
    return f"<{text}>"


def text_label(text: str) -> str:
    """Return a label of plain lines."""
    cell = f'<TD ALIGN="LEFT" BALIGN="LEFT"{_wide(text, TEXT_SIZE)}>{escape(text)}</TD>'
    return f"<{_table(f'<TR>{cell}</TR>', padding=6)}>"


def _head(title: str, detail: str) -> str:
    lines = [f"<B>{escape(title)}</B>"] if title else []
    if detail:
        lines.append(_small(detail))
    points = max(width(title, TEXT_SIZE), width(detail, SMALL_SIZE))
    wide = f' WIDTH="{points}"' if points else ""
    cell = f'COLSPAN="{1 + _FILLERS}" ALIGN="LEFT" BALIGN="LEFT"{wide}'
    return f"<TR><TD {cell}>{_NEW_LINE.join(lines)}</TD></TR>"


def _field(field: Field, rule: str) -> str:
    wide = _wide(field.name, SMALL_SIZE)
    name = f'<TD ALIGN="LEFT"{wide}>{_small(field.name)}</TD>' if field.name.strip() else ""
    colour = GRADIENT if field.name == "grad" else TEXT
    if isinstance(field.content, str):
        wide = _wide(field.content, TEXT_SIZE)
        text = _coloured(field.content, colour)
        return f'{name}<TD ALIGN="LEFT" BALIGN="LEFT"{wide}>{text}</TD>'
    return f'{name}<TD ALIGN="LEFT">{_matrix(field.content, rule, colour)}</TD>'


def _matrix(rows: Sequence[Sequence[str]], rule: str, colour: str) -> str:
    style = f'ROWSPAN="{len(rows)}" WIDTH="5" CELLPADDING="0" BORDER="1" COLOR="{rule}"'
    lines = [
        "".join(f'<TD ALIGN="RIGHT">{_coloured(entry, colour)}</TD>' for entry in row)
        for row in rows
    ]
    left, right = (f'<TD {style} SIDES="{sides}"></TD>' for sides in ("LTB", "RTB"))
    lines[0] = left + lines[0] + right
    return _table("".join(f"<TR>{line}</TR>" for line in lines), padding=3)


def _coloured(text: str, colour: str) -> str:
    text = escape(text)
    return text if colour == TEXT or not text.strip() else f'<FONT COLOR="{colour}">{text}</FONT>'


def _small(text: str) -> str:
    return f'<FONT POINT-SIZE="{SMALL_SIZE}" COLOR="{MUTED}">{escape(text)}</FONT>'


def _wide(text: str, size: float) -> str:
    points = width(text, size)
    return f' WIDTH="{points}"' if points else ""


def _table(rows: str, padding: int) -> str:
    frame = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    return f"<TABLE {frame}>{rows}</TABLE>"
