"""`jit(f).graph()`: every operation once, and boxes around what one nest of loops computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import jit
from tinygrad_gates.compile.drawing import drawing
from tinygrad_gates.compile.lower import lower
from tinygrad_gates.compile.passes import simplified
from tinygrad_gates.compile.program import Program

X, W = np.ones((4, 2)), np.ones((2, 3))


def layer(x: Any, w: Any) -> Any:
    h = np.tanh(x @ w)
    return h.sum(), h * 2 + 0


def program() -> Program:
    return simplified(lower(layer, (X, W), {}).program)


def test_nodes_and_edges() -> None:
    found = drawing(program(), fused=True)
    roles = [node.role for node in found.nodes]
    operations = program().instructions
    assert roles.count("operation") == len(operations)
    assert (roles.count("input"), roles.count("result")) == (2, 2)
    names = {node.name for node in found.nodes}
    assert len(names) == len(found.nodes)
    assert all({edge.tail, edge.head} <= names for edge in found.edges)
    operands = sum(len(step.operands) for step in operations)
    assert len(found.edges) == operands + 2


def test_boxes_are_nests_of_loops() -> None:
    groups = {node.title: node.group for node in drawing(program(), fused=True).nodes}
    assert groups["@"] == groups["tanh"] == groups["Σ"] == ("loop 1: 4 × 3",)
    assert not any(node.group for node in drawing(program(), fused=False).nodes)


def test_what_no_loop_computes_has_no_box() -> None:
    large = np.ones((128, 128), np.float32)
    found = lower(lambda x: np.tanh(x @ x + 1), (large,), {}).program
    groups = {node.title: node.group for node in drawing(found, fused=True).nodes}
    assert (groups["@"], groups["tanh"]) == ((), ())
    assert groups["+"] == ("loop 1: 128 × 128",)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_before_and_after(backend: Any) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    function = jit(layer, backend=backend)
    before, after = (function.graph(X, W, fused=fused).source for fused in (False, True))
    assert "cluster" not in before
    assert "loop 1: 4 × 3" in after
    assert before.count("->") > 0


def test_outputs_that_are_constants_or_inputs() -> None:
    found = drawing(lower(lambda x: (x, 2.0, np.ones(2)), (X,), {}).program, fused=True)
    assert [node.role for node in found.nodes].count("result") == 3
    assert jit(lambda x: (x, 2.0)).graph(X).source
