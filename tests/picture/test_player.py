"""The player's page as data: its numbers are the engine's, and all text in it is only text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, detect_anomaly, keras, name_scope
from tinygrad_gates.errors import MutationError, NotDifferentiableError, RenderError, ShapeError
from tinygrad_gates.keras import layers
from tinygrad_gates.picture import Player, player
from tinygrad_gates.picture.labels import content, number
from tinygrad_gates.picture.player.story import MAX_CELLS, table
from tinygrad_gates.picture.values import Computation


def told(page: Player) -> Any:
    """Return what a page knows."""
    (text,) = re.findall(r'<script type="application/json" id="story">(.*?)</script>', page.html)
    return json.loads(text)


def neuron() -> Value:
    x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(6.5, label="b")
    n = x * w + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    return o


def reused() -> Value:
    a = Value(-2.0, label="a")
    b = a + a
    y = b * a - b / 4
    y.label = "y"
    return y


def arrays() -> Value:
    x = Value([[1.0, -1.0], [0.5, 2.0]], label="x", requires_grad=False)
    w, b = Value([[1.0, 2.0], [3.0, 4.0]], label="w"), Value([0.5, -0.5], label="b")
    loss: Any = np.mean(np.square((x @ w + b).relu() * w[0]))
    loss.label = "loss"
    return loss


def network() -> Value:
    keras.utils.set_random_seed(1)
    hidden, output = layers.Dense(3, "tanh", name="hidden"), layers.Dense(1, name="output")
    model = keras.Sequential([keras.Input((2,)), hidden, output], name="net")
    loss: Value = (model(np.eye(2)) ** 2).mean()
    loss.label = "loss"
    return loss


COMPUTATIONS = {"neuron": neuron, "reused": reused, "arrays": arrays, "network": network}


@pytest.mark.parametrize("build", COMPUTATIONS.values(), ids=COMPUTATIONS)
def test_every_number_is_the_engine_s(build: Any) -> None:
    value = build()
    story = told(player(value))
    value.backward()
    values = Computation(value).in_order()
    shown = {name: (each, values[int(name[1:]) - 1]) for name, each in story["values"].items()}
    assert len(shown) == len(values)
    last = {name: grad for step in story["steps"] for name, grad in step["gradients"].items()}
    for name, (each, real) in shown.items():
        assert each["data"]["shown"] == as_json(content(real.data)), name
        assert (name in last) == real.has_grad
        if real.has_grad:
            assert last[name]["shown"] == as_json(content(real.grad)), name


def as_json(shown: Any) -> Any:
    return json.loads(json.dumps(shown))


def test_steps_go_forward_and_back() -> None:
    steps = told(player(neuron()))["steps"]
    kinds = [step["kind"] for step in steps]
    assert kinds == ["start", *["forward"] * 3, "seed", *["backward"] * 3]
    assert [step["title"] for step in steps[1:4]] == [
        "Forward: × gives v3",
        "Forward: + gives n",
        "Forward: tanh gives o",
    ]


def lines(page: Player) -> list[str]:
    return [
        f"{line['heading']} = {' = '.join(formula['text'] for formula in line['formulas'])}"
        for step in told(page)["steps"]
        for line in step["lines"]
    ]


def test_formulas_have_their_numbers_put_in() -> None:
    assert lines(player(neuron())) == [
        "v3 = x × w = 2 × (-3) = -6",
        "n = v3 + b = -6 + 6.5 = 0.5",
        "o = tanh(n) = tanh(0.5) = 0.4621",
        "∂o/∂o = 1",
        "∂o/∂n = 1 − o × o = 1 − 0.4621 × 0.4621 = 0.7864",
        "∂n/∂v3 = 1",
        "∂o/∂v3 = ∂o/∂n × ∂n/∂v3 = 0.7864 × 1 = 0.7864",
        "∂n/∂b = 1",
        "∂o/∂b = ∂o/∂n × ∂n/∂b = 0.7864 × 1 = 0.7864",
        "∂v3/∂x = w = -3",
        "∂o/∂x = ∂o/∂v3 × ∂v3/∂x = 0.7864 × (-3) = -2.359",
        "∂v3/∂w = x = 2",
        "∂o/∂w = ∂o/∂v3 × ∂v3/∂w = 0.7864 × 2 = 1.573",
    ]


def test_a_value_used_twice_adds_up() -> None:
    found = lines(player(reused()))
    assert "∂y/∂v2, all together = -0.25 + (-2) = -2.25" in found
    assert "∂y/∂a, all together = -6.25 + (-2.25) = -8.5" in found


def test_products_of_matrices_have_their_matrices_put_in() -> None:
    found = lines(player(arrays()))
    (product,) = [line for line in found if line.startswith("v3 =")]
    assert product == "v3 = x @ w = [1 -1; 0.5 2] @ [1 2; 3 4] = [-2 -2; 6.5 9]"
    (sent,) = [line for line in found if line.startswith("∂loss/∂w = xᵀ @")]
    assert sent.endswith("= [1 -1; 0.5 2]ᵀ @ [0 0; 3.5 17] = [1.75 8.5; 7 34]")


def test_broadcasting_is_undone_in_sight() -> None:
    (line,) = [line for line in lines(player(arrays())) if line.startswith("∂loss/∂b =")]
    assert "summed to the shape (2,)" in line


# -------------------------------------------------------------------- where the sweep begins


def test_nothing_is_stored_in_the_values() -> None:
    value = neuron()
    player(value)
    assert not any(each.has_grad for each in Computation(value).reached.values())


def test_it_begins_with_the_gradient_that_there_is() -> None:
    x = Value(3.0, label="x")
    h = x * x
    (h * 5).backward()
    steps = told(player(h))["steps"]
    assert steps[-1]["gradients"]["v1"]["shown"] == "30"


def test_it_begins_with_the_gradient_that_is_given() -> None:
    y = Value([1.0, 2.0], label="x") * 3
    steps = told(player(y, gradient=[1.0, 10.0]))["steps"]
    assert steps[-1]["gradients"]["v1"]["shown"] == [["3", "30"]]


@pytest.mark.parametrize(
    "value", [Value([1.0, 2.0]) * 3, Value(np.int64(2)) * 3], ids=["array", "constant"]
)
def test_without_a_gradient_it_only_goes_forward(value: Value) -> None:
    assert {step["kind"] for step in told(player(value))["steps"]} <= {"start", "forward"}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: player(3.0), TypeError, "computation of a Value; got 3.0"),  # type: ignore[arg-type]
        (lambda: player(neuron(), max_nodes=0), ValueError, "positive number; got 0"),
        (lambda: player(neuron(), rankdir="UP"), ValueError, "rankdir is one of LR"),
        (lambda: player(neuron(), gradient=[1.0, 2.0]), ShapeError, "cotangent has shape"),
        (lambda: player(Value(np.int64(1)) * 2, gradient=1.0), NotDifferentiableError, "player()"),
        (lambda: player(neuron(), inputs=[Value(1.0)]), ValueError, "takes no part"),
        (lambda: player(neuron()).save("player.png"), RenderError, "saved as .html"),
        (lambda: player(neuron()).save("no/such.html"), FileNotFoundError, "no folder 'no'"),
    ],
)
def test_mistakes_are_told(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_changed_data_is_refused() -> None:
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    with pytest.raises(MutationError, match="was changed"):
        player(y)


# -------------------------------------------------------------------- folding, size, source


def test_layers_fold_in_every_way() -> None:
    story = told(player(network()))
    assert story["groups"] == ["/net", "/net/hidden", "/net/output"]
    assert len(story["pictures"]) == 5  # nothing open, the model, and three ways within
    assert story["start"] == ""
    closed = "\n".join(story["groups"])
    assert 'data-name="/net"' in story["pictures"][closed]
    assert "tanh" not in story["pictures"][closed]


def test_a_large_computation_is_folded_and_stays_small() -> None:
    value = Value(1.0, label="v")
    for _ in range(40):
        with name_scope("block"):
            for _ in range(25):
                value = value * 1.01
    story = told(player(value))
    assert len(story["start"].split("\n")) == 40
    told_of = [step for step in story["steps"] if step["node"].startswith("/block")]
    assert len(told_of) > 40
    total = number(1.01**1000)
    assert story["steps"][-1]["gradients"]["v1"]["shown"] == total
    assert len(player(value).html) < 2_000_000


def test_what_is_never_unfolded_happens_in_the_innermost_part_that_is_drawn() -> None:
    value = Value(1.0, label="v")
    with name_scope("outer"):
        for _ in range(3):
            with name_scope("inner"):
                for _ in range(300):
                    value = value * 1.01
    story = told(player(value))
    nodes = [step["node"] for step in story["steps"] if step["kind"] != "seed"]
    inner = [f"/outer/inner{mark}" for mark in ("", " #2", " #3")]
    assert nodes == ["", *inner, *reversed(inner)]
    assert story["outputs"] == {name: name for name in inner} | {"/outer": inner[-1]}
    sent = [step["gradients"] for step in story["steps"][-3:-1]]
    assert sent[0]["/outer/inner #2"]["shown"] == number(1.01**300)
    assert sent[1]["/outer/inner"]["shown"] == number(1.01**600)


def test_what_does_not_fit_is_said() -> None:
    value = Value(1.0, label="v")
    for _ in range(200):
        value = value * 1.01
    story = told(player(value, max_nodes=10))
    assert "left out" in story["note"]
    assert len(story["values"]) < 30


def test_lines_of_the_program_are_told_where_they_were_noted() -> None:
    with detect_anomaly():
        y = Value(2.0) * 3
    sources = [value["source"] for value in told(player(y))["values"].values()]
    assert sorted(map(bool, sources)) == [False, False, True]
    assert __file__ in "".join(sources)


def test_a_row_is_told_as_the_table_has_it() -> None:
    rows = told(player(neuron()))["rows"]
    assert rows["tanh"]["rules"] == ["g * (1 - y * y)"]
    assert rows["multiply"]["forward"] == "a * b"
    assert rows["tanh"]["doc"] == "The hyperbolic tangent."


@pytest.mark.parametrize("shape", [(1,), (24,), (25,), (7, 100), (3, 4, 5), (50, 0), (1000, 1000)])
def test_heat_maps_have_all_entries_or_their_means(shape: tuple[int, ...]) -> None:
    data = np.random.default_rng(0).normal(size=shape)
    found = table(data)
    if not data.size:
        assert "cells" not in found
        return
    cells = np.array(found["cells"])
    assert max(cells.shape) <= MAX_CELLS
    if not found["note"]:
        np.testing.assert_allclose(cells, data.reshape(cells.shape), rtol=1e-5)
    if shape == (1000, 1000):
        np.testing.assert_allclose(cells[0, 0], data[:42, :42].mean(), rtol=1e-5)


def test_what_is_not_finite_is_text() -> None:
    assert table(np.array([np.nan, np.inf, 1.0]))["cells"] == [["nan", "inf", 1.0]]
    json.loads(json.dumps(table(np.array([np.nan])), allow_nan=False))


# -------------------------------------------------------------------- the page

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "{{script}}",
    "{{policy}} {{story}}",
    "'`${alert(1)}`",
    "한국어 العربية 🙂",
    "\u2028\u2029\x00\ud800",
    "]]>&lt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_markup(text: str) -> None:
    x = Value(2.0, label=text)
    with name_scope(text):
        y = x * 3
    y.label = text
    html = player(y).html
    assert html.count("<script") == 2
    assert html.count("</script") == 2
    assert "<img" not in html
    name = told(player(y))["values"]["v1"]["name"]
    assert name == text.encode("utf-8", "replace").decode()


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    html = player(network()).html
    assert "default-src 'none'" in html
    addresses = set(re.findall(r"https?://[^\s\"'<>\\]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(link|img|iframe|object)|\bimport\b|@import|url\(", html)


def test_it_is_saved_whole_and_shows_itself(tmp_path: Path) -> None:
    page = neuron().player()
    path = page.save(tmp_path / "neuron.html")
    assert path.read_text("utf-8") == page.html
    frame = page._repr_html_()
    assert frame.startswith("<iframe sandbox=")
    assert 'sandbox="allow-scripts"' in frame
