"""The table that `Model.summary` prints: rows first, then the drawing."""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tinygrad_gates.keras.layers.layer import Layer
    from tinygrad_gates.keras.models.model import Model
    from tinygrad_gates.keras.variable import Variable

HEADER = ("Layer (type)", "Output Shape", "Param #")
WIDEST = 88
NARROWEST = 30


class Lines(NamedTuple):
    """What a table is drawn with: left end, filling, joint, right end; and the two bars."""

    top: str
    below_header: str
    between: str
    bottom: str
    header_bar: str
    bar: str


BOX = Lines("┏━┳┓", "┡━╇┩", "├─┼┤", "└─┴┘", "┃", "│")
PLAIN = Lines("+-++", "+=++", "+-++", "+-++", "|", "|")


def summary_text(model: Model, line_length: int | None = None) -> str:
    """Return Keras 3's table of a model's layers, output shapes and parameters.

    Raises `ValueError` if `line_length` leaves no room for it.
    """
    if line_length is None:
        line_length = min(WIDEST, max(NARROWEST, shutil.get_terminal_size().columns - 4))
    if line_length < NARROWEST:
        raise ValueError(f"summary: line_length={line_length} has to be {NARROWEST} or more.")
    rows = [_row(layer) for layer in model.layers]
    lines = BOX if _can_show(BOX) else PLAIN
    return "\n".join(
        [f'Model: "{model.name}"', *_table(rows, _widths(line_length), lines), *_totals(model), ""]
    )


def _row(layer: Layer) -> tuple[str, str, str]:
    params = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
    shape = str(layer.output_shape) if layer._build_shape else "?"
    return f"{layer.name} ({type(layer).__name__})", shape, params


def _widths(line_length: int) -> tuple[int, int, int]:
    """Divide a line's length, less four bars, as Keras does."""
    ends = [int(line_length * part) for part in (0.45, 0.80, 1.0)]
    return ends[0] - 1, ends[1] - ends[0] - 2, ends[2] - ends[1] - 1


def _table(
    rows: Iterable[tuple[str, str, str]], widths: tuple[int, int, int], lines: Lines
) -> list[str]:
    drawn = [_rule(lines.top, widths), *_cells(HEADER, widths, lines.header_bar)]
    rule = lines.below_header
    for row in rows:
        drawn += [_rule(rule, widths), *_cells(row, widths, lines.bar)]
        rule = lines.between
    if rule is lines.below_header:
        drawn.append(_rule(rule, widths))
    return [*drawn, _rule(lines.bottom, widths)]


def _rule(ends: str, widths: tuple[int, int, int]) -> str:
    return ends[0] + ends[2].join(ends[1] * width for width in widths) + ends[3]


def _cells(row: tuple[str, str, str], widths: tuple[int, int, int], bar: str) -> list[str]:
    columns = [textwrap.wrap(text, width - 2) for text, width in zip(row, widths, strict=True)]
    drawn = []
    for number in range(max(map(len, columns))):
        texts = [column[number] if number < len(column) else "" for column in columns]
        left, middle, right = widths
        drawn.append(
            f"{bar} {texts[0]:<{left - 2}} {bar} {texts[1]:<{middle - 2}} {bar} "
            f"{texts[2]:>{right - 2}} {bar}"
        )
    return drawn


def _totals(model: Model) -> list[str]:
    counted = {
        "Trainable params": model.trainable_weights,
        "Non-trainable params": model.non_trainable_weights,
    }
    if model.optimizer is not None and model.optimizer.built:
        counted["Optimizer params"] = model.optimizer.variables
    everything = [weight for weights in counted.values() for weight in weights]
    return [
        f" {name}: {_count(weights)}"
        for name, weights in {"Total params": everything, **counted}.items()
    ]


def _count(weights: list[Variable]) -> str:
    numbers = sum(math.prod(weight.shape) for weight in weights)
    size = sum(math.prod(weight.shape) * weight.dtype.itemsize for weight in weights)
    return f"{numbers:,} ({memory_text(size)})"


def memory_text(size: float) -> str:
    """Return a number of bytes in the unit that suits it.

    >>> memory_text(516), memory_text(2048)
    ('516.00 B', '2.00 KB')
    """
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"


def _can_show(lines: Lines) -> bool:
    try:
        "".join(lines).encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
