"""Parsing the text of an expression; what is wrong with it, with a line that shows the place."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
import warnings
from collections.abc import Iterator
from itertools import pairwise

from tinygrad_gates.cli.usage import UsageError

WIDTH = 70
"""The number of characters of an expression that are shown, those around the place."""

_MEANT = {
    "^": "** for powers",
    "×": "* for products",
    "·": "* for products",
    "⋅": "* for products",
    "÷": "/ for quotients",
    "−": "- for differences",
    "–": "- for differences",
    "√": "sqrt(...) for roots",
    "²": "**2 for squares",
    "³": "**3 for cubes",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}
_UNUSED = "#\\`$?&|~"

# What Python uses within expressions; its other words would be names for anybody else.
_INNER_WORDS = frozenset("and or not in is if else for async await yield True False None".split())

_TOKEN = re.compile(
    r"(?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|\S"
)


def pointed(message: str, line: str, start: int, end: int) -> UsageError:
    """Return an error of one line, below it the part of the text that is meant, and carets.

    >>> print(pointed("there is no function tahn", "1 + tahn(x)", 4, 8))
    there is no function tahn
      1 + tahn(x)
          ^^^^
    """
    first = max(0, start - WIDTH + 20)
    shown = line[first : first + WIDTH]
    carets = "^" * max(1, min(end - start, len(shown) - (start - first)))
    printable = "".join(letter if letter.isprintable() else "?" for letter in shown)
    return UsageError(f"{message}\n  {printable}\n  {' ' * (start - first)}{carets}")


def verify_characters(text: str) -> None:
    """Refuse characters that no expression has, and those that only look like what it has.

    Raises:
        UsageError: which points at the first, and says what to write.
    """
    for line in text.split("\n"):
        for place, character in enumerate(line):
            if complaint := _complaint(character):
                raise pointed(complaint, line, place, place + 1)


def _complaint(character: str) -> str:
    if character in _MEANT:
        return f"write {_MEANT[character]}"
    if not character.isprintable() and character != "\t":
        return f"an expression has no character U+{ord(character):04X}"
    if character in _UNUSED:
        return f"{character} means nothing in an expression"
    plain = unicodedata.normalize("NFKC", character)
    return f"write {plain} for {character}" if plain != character else ""


# -------------------------------------------------------------------- what cannot be parsed


def parsed(text: str) -> list[ast.stmt]:
    """Return the statements of a text, parsed and no more.

    Raises:
        UsageError: if Python's parser refuses it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a number next to a word, which is told of
            statements = ast.parse(text).body
    except SyntaxError as error:
        raise of_syntax(error) from None
    except (RecursionError, MemoryError):
        raise UsageError("the expression is nested too deeply to be read") from None
    except ValueError as error:
        raise UsageError(f"the expression cannot be read: {error}") from None
    if not statements:
        raise UsageError("the expression is empty: give one such as 'tanh(w*x + b)'")
    return statements


def of_syntax(error: SyntaxError) -> UsageError:
    """Return what to say of text that Python's parser refuses.

    >>> try:
    ...     ast.parse("2x + 1")
    ... except SyntaxError as error:
    ...     print(of_syntax(error))
    write 2*x for a product
      2x + 1
      ^^
    """
    line = (error.text or "").rstrip("\n")
    for message, start, end in [*_words(line), *_products(line)]:
        return pointed(message, line, start, end)
    start = min(max((error.offset or 1) - 1, 0), len(line))
    if not line[start:].strip() and line.strip():
        return pointed("the expression breaks off", line, start, start + 1)
    known = re.split(r"[.,] (?:Maybe|Perhaps|perhaps|maybe)", error.msg or "invalid syntax")[0]
    reason = "" if known == "invalid syntax" else f": {known}"
    return pointed(f"this is no expression{reason}", line, start, start + 1)


def _words(line: str) -> Iterator[tuple[str, int, int]]:
    for found in _TOKEN.finditer(line):
        if keyword.iskeyword(found[0]) and found[0] not in _INNER_WORDS:
            yield f"{found[0]} is a word of Python's: take another name", *found.span()


def _products(line: str) -> Iterator[tuple[str, int, int]]:
    """Yield the places where two operands stand side by side, as in `2x`."""
    if "'" in line or '"' in line:  # words side by side within quotes are no products
        return
    for left, right in pairwise(_TOKEN.finditer(line)):
        if any(keyword.iskeyword(token[0]) for token in (left, right)):
            continue
        ends = left.lastgroup is not None or left[0] in ")]"
        begins = right.lastgroup is not None or right[0] == "("
        if ends and begins and (left.lastgroup, right[0]) != ("name", "("):
            before = left[0] if left.lastgroup else f"(...{left[0]}" if left[0] == ")" else "x[...]"
            after = right[0] if right.lastgroup else "(...)"
            yield f"write {before}*{after} for a product", left.start(), right.end()
