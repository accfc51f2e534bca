"""Name scopes and layers in pictures: boxes around their parts, and one node when folded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import Value, keras, name_scope, no_grad
from tinygrad_gates.core.scopes import calls_of, scopes_of
from tinygrad_gates.keras import layers
from tinygrad_gates.nodes import Edge, Group
from tinygrad_gates.picture import graph
from tinygrad_gates.picture.folding import all_groups, closed_to_fit, fold
from tinygrad_gates.picture.values import Computation


def neuron() -> Value:
    x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(1.0, label="b")
    with name_scope("neuron"):
        with name_scope("sum"):
            n = x * w + b
        return n.tanh()


def groups_of(value: Value, **options: Any) -> dict[str, Group]:
    """Return the group of each operation, by its symbol and the name of its result."""
    computation = Computation(value, **options)
    values = computation.in_order()
    found = computation.groups(values)
    return {each.label or f"{each._op}": found[id(each)] for each in values}


def network() -> Any:
    keras.utils.set_random_seed(1)
    hidden, output = layers.Dense(3, "relu", name="hidden"), layers.Dense(1, name="output")
    return keras.Sequential([keras.Input((2,)), hidden, output], name="net")


def loss_of(model: Any) -> Value:
    x = np.array([[0.0, 1.0], [1.0, 1.0]], np.float32)
    loss: Value = (model(x) ** 2).mean()
    loss.label = "loss"
    return loss


# -------------------------------------------------------------------- which group


def test_scopes_nest_and_take_their_leaves_along() -> None:
    found = groups_of(neuron())
    assert found["tanh"] == ("neuron",)
    assert found["×"] == found["+"] == found["w"] == found["b"] == ("neuron", "sum")


def test_inputs_stay_outside() -> None:
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    with name_scope("layer"):
        y = x * w
    assert groups_of(y, inputs=[x])["x"] == ()
    assert groups_of(y, inputs=[x])["w"] == ("layer",)


def test_what_two_parts_use_belongs_to_what_is_around_both() -> None:
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    with name_scope("all"):
        with name_scope("a"):
            a = x * w
        with name_scope("b"):
            b = w + 1
        total = a - b
    found = groups_of(total)
    assert (found["w"], found["x"]) == (("all",), ("all", "a"))


def test_a_scope_entered_again_is_another() -> None:
    value = Value(1.0, label="v")
    for _ in range(3):
        with name_scope("step"):
            value = value * 2
    groups = Computation(value).groups(Computation(value).in_order())
    assert {("step",), ("step #2",), ("step #3",)} <= set(groups.values())


def test_scopes_name_the_line_of_the_program() -> None:
    assert neuron()._extra["source"].partition(":")[0] == __file__
    assert "source" not in (Value(1.0) * 2)._extra


def test_a_scope_wants_a_name() -> None:
    with pytest.raises(TypeError, match="takes a name, as text; got int"), name_scope(3):  # type: ignore[arg-type]
        pass


def test_layers_are_groups() -> None:
    found = groups_of(loss_of(network()))
    assert found["ReLU"] == ("net", "hidden")
    assert found["net/output/kernel"] == ("net", "output")
    assert found["loss"] == ()


def test_a_layer_that_is_called_twice_is_two_groups() -> None:
    layer = layers.Dense(2, "tanh", name="shared")
    x = Value(np.ones((1, 2), np.float32))
    found = groups_of(layer(layer(x)))
    assert found["shared/kernel"] == ()
    assert set(found.values()) == {(), ("shared",), ("shared #2",)}


def test_a_layer_that_does_nothing_claims_nothing() -> None:
    x = Value(np.ones((1, 2), np.float32)) * 2
    assert not list(calls_of(layers.Dropout(0.5)(x, training=False)))


def test_nothing_is_noted_where_nothing_is_recorded() -> None:
    with no_grad():
        assert not list(calls_of(network()(np.ones((1, 2)))))


def test_several_outputs_are_one_call() -> None:
    class Split(layers.Layer):
        def call(self, x: Any) -> Any:
            both = x * 2
            return both + 1, both - 1

    a, b = Split(name="split")(Value(np.ones((1, 2), np.float32)))
    found = Computation(a * b)
    groups = found.groups(found.in_order())
    assert sorted(groups.values()).count(("split",)) == 7  # 3 results, 3 constants, and x


def test_what_scopes_note_costs_no_gradient() -> None:
    value = neuron()
    value.backward()
    plain = np.tanh(2 * -3 + 1)
    x = next(v for v in Computation(value).reached.values() if v.label == "x")
    assert x.grad == pytest.approx(-3 * (1 - plain**2))
    assert [name for name, _ in scopes_of(value)] == ["neuron"]


# -------------------------------------------------------------------- folding


def names(depth: int, least: int = 0) -> st.SearchStrategy[Group]:
    return st.lists(st.sampled_from("ab"), min_size=least, max_size=depth).map(tuple)


@given(
    groups=st.lists(names(3), min_size=1, max_size=12),
    closed=st.sets(names(2, least=1)),
    pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20),
)
def test_folding_keeps_every_node_and_crossing(
    groups: list[Group], closed: set[Group], pairs: list[tuple[int, int]]
) -> None:
    named = {f"v{i}": group for i, group in enumerate(groups)}
    edges = [
        Edge(f"v{min(a, b)}", f"v{max(a, b)}")
        for a, b in pairs
        if a != b and max(a, b) < len(named)
    ]
    outline = fold(named, edges, closed)
    hidden = [name for inside in outline.members.values() for name in inside]
    assert sorted([*hidden, *(n for n in outline.groups if n in named)]) == sorted(named)
    place = {name: folded for folded, inside in outline.members.items() for name in inside}
    crossing = {
        (place.get(e.tail, e.tail), place.get(e.head, e.head))
        for e in edges
        if place.get(e.tail, e.tail) != place.get(e.head, e.head)
    }
    assert {(e.tail, e.head) for e in outline.edges} == crossing
    for name in outline.groups:  # nothing that is drawn is in a closed group
        group = outline.groups[name]
        assert not any(group[:depth] in closed for depth in range(1, len(group) + 1))


@given(groups=st.lists(names(3), min_size=1, max_size=30), limit=st.integers(1, 30))
def test_no_more_is_folded_than_needed(groups: list[Group], limit: int) -> None:
    named = {f"v{i}": group for i, group in enumerate(groups)}
    closed = closed_to_fit(named, limit)
    drawn = len(fold(named, [], closed).groups)
    every = set(all_groups(groups))
    assert drawn <= limit or closed == every
    if closed:
        depth = min(map(len, closed))
        opened = {group for group in closed if len(group) > depth}
        assert len(fold(named, [], opened).groups) > limit


def test_a_folded_layer_says_what_is_inside() -> None:
    source = loss_of(network()).graph(fold=["hidden"]).source
    assert ">hidden<" in source
    assert "3 operations, 9 parameters" in source
    assert "ReLU" not in source
    assert "label=<output>" in source


def test_large_graphs_are_folded_first() -> None:
    loss = loss_of(network())
    whole = loss.graph().source
    small = loss.graph(max_nodes=8).source
    assert "folded" not in whole
    assert "ReLU" in whole
    assert "are folded" in small
    assert "ReLU" not in small
    assert "left out" not in small
    assert "left out" in loss.graph(max_nodes=8, fold=False).source


def test_what_does_not_fit_folded_is_cut() -> None:
    value = neuron()
    for _ in range(100):
        value = value * 2
    source = value.graph(max_nodes=10).source
    assert "left out" in source


def test_everything_or_nothing_folds() -> None:
    loss = loss_of(network())
    assert ">net<" in loss.graph(fold=True).source
    assert "hidden" not in loss.graph(fold=True).source
    assert loss.graph(fold=False).source == loss.graph().source


@pytest.mark.parametrize(
    ("fold", "error", "message"),
    [
        (["hiden"], ValueError, "called 'hiden': 'hidden', 'net', 'output'"),
        ("hidden", TypeError, r"write \[...\]"),
    ],
)
def test_unknown_names_are_refused(fold: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        loss_of(network()).graph(fold=fold)


@pytest.mark.parametrize("name", ['"><script>', "a/b", "{x|y}", "\\N", "층", ""])
def test_any_name_is_safe(name: str) -> None:
    x = Value(2.0, label="x")
    with name_scope(name):
        y = x * 3
    for is_folded in (True, False):
        assert graph(y + 1, fold=is_folded)._repr_svg_().count("<svg") == 1


def test_scopes_have_keras_s_names_too() -> None:
    assert keras.name_scope is name_scope
