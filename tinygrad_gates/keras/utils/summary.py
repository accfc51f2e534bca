"""The table that `Model.summary` prints: rows first, then the drawing."""

from __future__ import annotations

import math
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tinygrad_gates.keras.layers.layer import Layer

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model
    from tinygrad_gates.keras.variable import Variable

WIDEST, WIDEST_CONNECTED = 88, 108
NARROWEST = 30


class Lines(NamedTuple):
    """What a table is drawn with: left end, filling, joint, right end; the two bars; and more."""

    top: str
    below_header: str
    between: str
    bottom: str
    header_bar: str
    bar: str
    branch: str
    """Before the name of a layer inside of another."""
    cut: str
    """In place of the rest of a word that is too long."""


BOX = Lines("┏━┳┓", "┡━╇┩", "├─┼┤", "└─┴┘", "┃", "│", "└ ", "…")
PLAIN = Lines("+-++", "+=++", "+-++", "+-++", "|", "|", "- ", "~")


class Column(NamedTuple):
    """A column: its title, where it ends as a share of the line, and how it is aligned."""

    title: str
    end: float
    align: str = "<"


NAME, SHAPE, COUNT = "Layer (type)", "Output Shape", "Param #"
LINEAR = (Column(NAME, 0.45), Column(SHAPE, 0.80), Column(COUNT, 1.0, ">"))
CONNECTED = (
    Column(NAME, 0.3),
    Column(SHAPE, 0.56),
    Column(COUNT, 0.74, ">"),
    Column("Connected to", 1.0),
)
Row = tuple[str, ...]


def summary_text(
    model: Model,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """Return Keras 3's table of a model's layers, output shapes and parameters.

    Raises `ValueError` if `line_length` leaves no room for it, or no layer is called as
    `layer_range` says.
    """
    if line_length is None:
        wide = WIDEST if _is_linear(model) else WIDEST_CONNECTED
        wide += 12 if show_trainable else 0
        line_length = min(wide, max(NARROWEST, shutil.get_terminal_size().columns - 4))
    if line_length < NARROWEST:
        raise ValueError(f"summary: line_length={line_length} has to be {NARROWEST} or more.")
    columns = _columns(model, positions, show_trainable)
    lines = BOX if _can_show(BOX) else PLAIN
    rows = []
    layers = list(model._network.layers) if model._network else model.layers
    for layer in _chosen(layers, layer_range):
        rows += _rows(layer, model, columns, lines.branch if expand_nested else None)
    table = _table(rows, columns, _widths(columns, line_length), lines)
    return "\n".join([f'Model: "{model.name}"', *table, *_totals(model), ""])


def _is_linear(model: Model) -> bool:
    """Return whether each layer is called once, on the output of the one before."""
    network = model._network
    if network is None:
        return True
    calls = [node for node in network.nodes if node.inputs]
    used = [id(place) for node in calls for place in node.inputs]
    return len(calls) == len(network.layers) - len(network.input_places) and (
        len(network.input_places) == 1
        and all(len(node.inputs) == 1 for node in calls)
        and len(set(used)) == len(used)
    )


def _columns(
    model: Model, positions: Sequence[float] | None, show_trainable: bool
) -> tuple[Column, ...]:
    columns: tuple[Column, ...] = LINEAR if _is_linear(model) else CONNECTED
    if show_trainable:
        shrunk = tuple(column._replace(end=column.end * 0.9) for column in columns)
        columns = (*shrunk, Column("Trainable", 1.0, "^"))
    if positions is not None:
        if len(positions) != len(columns):
            raise ValueError(f"summary: positions has to have {len(columns)} numbers.")
        columns = tuple(
            column._replace(end=end) for column, end in zip(columns, positions, strict=True)
        )
    return columns


def _chosen(layers: list[Layer], layer_range: Sequence[str] | None) -> list[Layer]:
    if layer_range is None:
        return layers
    if len(layer_range) != 2:
        raise ValueError(f"summary: layer_range={layer_range!r} has to be two names.")
    places = []
    for pattern in layer_range:
        found = [place for place, layer in enumerate(layers) if re.match(pattern, layer.name)]
        if not found:
            raise ValueError(f"summary: no layer is called {pattern!r}.")
        places.append(found)
    return layers[min(places[0]) : max(places[1]) + 1]


def _rows(
    layer: Layer, model: Model, columns: tuple[Column, ...], branch: str | None, depth: int = 0
) -> list[Row]:
    """Return the row of a layer, and after a branch those of the layers inside, if they count."""
    before = "   " * depth + (branch or "") if depth else ""
    texts = {
        NAME: f"{before}{layer.name} ({layer.kind})",
        SHAPE: _shape_text(layer),
        COUNT: _count_text(layer),
        "Connected to": ", ".join(_sources(layer, model)) or "-",
        "Trainable": ("Y" if layer.trainable else "N") if layer.weights else "-",
    }
    rows = [tuple(texts[column.title] for column in columns)]
    if branch and hasattr(layer, "layers"):
        for inner in layer.layers:
            rows += _rows(inner, model, columns, branch, depth + 1)
    return rows


def _count_text(layer: Layer) -> str:
    if layer.built:
        return f"{layer.count_params():,}"
    return "0" if type(layer).build is Layer.build else "0 (unbuilt)"


def _shape_text(layer: Layer) -> str:
    if len(layer.nodes) != 1 and layer._build_shape is None:
        return "?"
    return str(layer.output_shape)


def _sources(layer: Layer, model: Model) -> list[str]:
    if model._network is None:
        return []
    return [
        f"{place.node.layer.name}[{place.node.index}][{place.index}]"
        for node in layer.nodes
        if node in model._network.nodes
        for place in node.inputs
        if place.node is not None
    ]


def _widths(columns: tuple[Column, ...], line_length: int) -> list[int]:
    """Divide a line's length as Keras does: what bars and blanks take, all columns give alike."""
    ends = [int(line_length * column.end) for column in columns]
    widths = [end - start + 2 for start, end in zip([0, *ends], ends, strict=False)]
    excess = sum(widths) + len(widths) + 1 - line_length
    for place, left in enumerate(range(len(widths), 0, -1)):
        given = round(excess / left)
        widths[place] -= given
        excess -= given
    return widths


def _table(
    rows: Iterable[Row], columns: tuple[Column, ...], widths: list[int], lines: Lines
) -> list[str]:
    titles = tuple(column.title for column in columns)
    drawn = [
        _rule(lines.top, widths),
        *_cells(titles, columns, widths, lines.header_bar, lines.cut),
    ]
    rule = lines.below_header
    for row in rows:
        drawn += [_rule(rule, widths), *_cells(row, columns, widths, lines.bar, lines.cut)]
        rule = lines.between
    if rule is lines.below_header:
        drawn.append(_rule(rule, widths))
    return [*drawn, _rule(lines.bottom, widths)]


def _rule(ends: str, widths: list[int]) -> str:
    return ends[0] + ends[2].join(ends[1] * width for width in widths) + ends[3]


def _cells(
    row: Row, columns: tuple[Column, ...], widths: list[int], bar: str, cut: str
) -> list[str]:
    wrapped = [_wrapped(text, width - 2, cut) for text, width in zip(row, widths, strict=True)]
    drawn = []
    for number in range(max(map(len, wrapped))):
        cells = []
        for lines, column, width in zip(wrapped, columns, widths, strict=True):
            text = lines[number] if number < len(lines) else ""
            cells.append(f" {text:{column.align}{width - 2}} ")
        drawn.append(bar + bar.join(cells) + bar)
    return drawn


def _wrapped(text: str, width: int, cut: str) -> list[str]:
    indent = text[: len(text) - len(text.lstrip())]
    lines = textwrap.wrap(text, width, break_long_words=False, drop_whitespace=not indent)
    return [line if len(line) <= width else line[: width - 1] + cut for line in lines]


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
