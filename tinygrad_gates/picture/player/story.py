"""Everything that the player's page knows, as plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.core import Value
from tinygrad_gates.core.backward import sent_by
from tinygrad_gates.core.primitive import Primitive
from tinygrad_gates.nodes import Group
from tinygrad_gates.picture.folding import folded_name
from tinygrad_gates.picture.labels import content, number, parameters
from tinygrad_gates.picture.player.formulas import Formula, text_of
from tinygrad_gates.picture.player.layouts import Layouts, State, picture, widest
from tinygrad_gates.picture.player.steps import Step, Steps
from tinygrad_gates.picture.rules import row_text
from tinygrad_gates.picture.values import Computation

MAX_CELLS = 24
"""A heat map has at most this many rows and columns; each of its cells is then a mean."""

Json = dict[str, Any]


def story(computation: Computation, seed: Any | None, max_nodes: int, rankdir: str) -> Json:
    """Return what the page shows: pictures, Values, rows of the table, steps."""
    values = computation.in_order()
    shown = values
    if len(values) > max_nodes and not computation.has_groups():
        shown = computation.in_order(max_nodes)
    names = {value: value.label or "…" for value in values} | dict(_names(shown))
    gradients = _all_gradients(values, seed)
    texts = {id(value): widest(found) for value, found in gradients.items()}
    titles = {id(value): name for value, name in names.items()}
    layouts = Layouts(computation, shown, max_nodes, texts, titles)
    states = layouts.states()
    nodes, outputs = _shown(layouts, states)
    steps = list(Steps(values, names, nodes, seed))
    told = {value: nodes[value] for value in nodes if nodes[value].startswith("v")}
    for name, value in outputs.items():
        told.setdefault(value, name)
    return {
        "title": names[computation.root],
        "note": layouts.note,
        "start": _key(layouts.start),
        "groups": [folded_name(group) for group in layouts.groups],
        "around": layouts.around(states.values()),
        "pictures": {_key(closed): picture(*state, rankdir) for closed, state in states.items()},
        "outputs": {name: told[value] for name, value in outputs.items()},
        "values": {name: _value(v, names[v], computation) for v, name in told.items()},
        "rows": dict(_rows(told)),
        "steps": [_step(step, told) for step in steps],
    }


def _names(values: Sequence[Value]) -> Iterator[tuple[Value, str]]:
    for place, value in enumerate(values, 1):
        is_number = not value._inputs and value.is_constant and not value.shape
        yield value, value.label or (number(value._data) if is_number else f"v{place}")


def _all_gradients(values: Sequence[Value], seed: Any | None) -> dict[Value, list[Any]]:
    """Return all that the gradient of each Value is on the way, to know how wide it gets."""
    if seed is None:
        return {}
    found: dict[Value, list[Any]] = {values[-1]: [seed]}
    computed = [value for value in values if value._inputs]
    for value in sorted(computed, key=lambda value: value._serial, reverse=True):
        if value in found:
            for operand, _, product in sent_by(value, found[value][-1]):
                sums = found.setdefault(operand, [])
                sums.append(sums[-1] + product if sums else product)
    return found


def _shown(
    layouts: Layouts, states: Mapping[frozenset[Group], State]
) -> tuple[dict[Value, str], dict[str, Value]]:
    """Return where each Value is shown, and which Value each folded group shows.

    A Value is shown by its own node if a picture has it, else by the innermost folded group around
    it that one has.
    """
    drawn = {node.name: node for nodes, _ in states.values() for node in nodes}
    nodes: dict[Value, str] = {}
    outputs: dict[str, Value] = {}
    folded = [node for node in drawn.values() if node.role == "folded"]
    for node in sorted(folded, key=lambda node: len(node.group), reverse=True):
        for member in layouts.members(node.name):
            nodes.setdefault(layouts.owner(member), node.name)
        if (output := layouts.value_of(node)) is not None:
            outputs[node.name] = output
    for name in drawn:
        if name.startswith("v"):
            nodes[layouts.owner(name)] = name
    return nodes, outputs


def _key(closed: frozenset[Group]) -> str:
    return "\n".join(sorted(map(folded_name, closed)))


# -------------------------------------------------------------------- Values and rows


def _value(value: Value, name: str, computation: Computation) -> Json:
    row = value._row
    return {
        "name": name,
        "role": computation.role(value),
        "data": table(value._data),
        "dtype": str(value.dtype),
        "shape": list(value.shape),
        "row": row.name if row else "",
        "parameters": parameters(value._params),
        "source": value._extra.get("source", ""),
    }


def _rows(values: Mapping[Value, str]) -> Iterator[tuple[str, Json]]:
    rows: dict[str, Primitive] = {value._row.name: value._row for value in values if value._row}
    for name, row in rows.items():
        text = row_text(row)
        yield (
            name,
            {
                "symbol": row.symbol,
                "doc": row.doc,
                "forward": text.forward,
                "rules": list(text.rules),
                "domain": text.domain,
                "kink": row.at_kink,
            },
        )


def table(data: Any) -> Json:
    """Return data as text, and as cells of a heat map.

    >>> table(np.float64(0.5))
    {'shown': '0.5', 'exact': '0.5', 'shape': []}
    """
    array = np.asarray(data)
    shown: Json = {"shown": content(array), "shape": list(array.shape)}
    if not array.ndim:
        return {"shown": shown["shown"], "exact": str(array[()]), "shape": []}
    if not array.size:
        return shown
    flat = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array[np.newaxis]
    cells, note = _thinned(flat.astype(float))
    return {
        **shown,
        "cells": [[_finite(entry) for entry in row] for row in cells],
        "texts": [] if note else [list(map(number, row)) for row in flat],
        "note": note,
    }


def _finite(entry: float) -> float | str:
    return float(f"{entry:.6g}") if np.isfinite(entry) else str(entry)


def _thinned(cells: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], str]:
    """Return means of blocks where there are too many cells, and what they are means of."""
    high, wide = (-(-length // MAX_CELLS) for length in cells.shape)
    if high == wide == 1:
        return cells, ""
    sums = np.add.reduceat(cells, np.arange(0, cells.shape[0], high), axis=0)
    sums = np.add.reduceat(sums, np.arange(0, cells.shape[1], wide), axis=1)
    ones = np.ones_like(cells)
    counts = np.add.reduceat(ones, np.arange(0, cells.shape[0], high), axis=0)
    counts = np.add.reduceat(counts, np.arange(0, cells.shape[1], wide), axis=1)
    return sums / counts, f"each cell is the mean of up to {high} × {wide} entries"


# -------------------------------------------------------------------- steps


def _step(step: Step, told: Mapping[Value, str]) -> Json:
    return {
        "kind": step.kind,
        "node": step.node,
        "value": told.get(step.value, "") if step.value is not None else "",
        "title": step.title,
        "lines": [
            {"heading": line.heading, "formulas": [_formula(f) for f in line.formulas]}
            for line in step.lines
        ],
        "sent": [[told.get(value, ""), _brief(product)] for value, product in step.sent],
        "gradients": {
            told[value]: table(gradient)
            for value, gradient in step.gradients.items()
            if value in told
        },
    }


def _brief(product: Any) -> str:
    return str(content(product)) if not np.ndim(product) else ""


def _formula(formula: Formula) -> Json:
    return {
        "text": text_of(formula),
        "parts": [
            part
            if isinstance(part, str)
            else {"shown": part.shown, "of": part.of, "kind": part.kind}
            for part in formula
        ],
    }
