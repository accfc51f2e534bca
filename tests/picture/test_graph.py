"""The picture of a graph: what is drawn, how it looks, and that any text shows as it is."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import graphviz  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_gates import Value
from tinygrad_gates.errors import RenderError
from tinygrad_gates.picture import Edge, Field, Graph, Node, graph
from tinygrad_gates.picture.dot import LINE, STYLES
from tinygrad_gates.picture.labels import content, number, parameters, shown_lines

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Leaf:
    """The least that can be drawn: what a Value offers, without the engine."""

    data: Any = 1.0
    label: str = ""
    _inputs: tuple[Leaf, ...] = ()
    _op: str = ""
    _params: dict[str, Any] = field(default_factory=dict)
    is_constant: bool = False
    has_grad: bool = False
    grad: Any = 0.0


@dataclass
class Shape:
    """A node as it was drawn."""

    texts: list[str]
    outlines: list[ET.Element]

    @property
    def fill(self) -> str:
        return next(fill for o in self.outlines if (fill := o.get("fill", "none")) != "none")

    @property
    def stroke(self) -> str:
        return self.outlines[0].get("stroke", "")


@dataclass
class Picture:
    """What an SVG shows."""

    nodes: dict[str, Shape]
    edges: list[tuple[str, str]]
    dashed: list[tuple[str, str]]

    def labelled(self, text: str) -> Shape:
        (found,) = [shape for shape in self.nodes.values() if text in shape.texts]
        return found

    @property
    def operations(self) -> list[str]:
        return [
            shape.texts[0]
            for shape in self.nodes.values()
            if any(o.tag == f"{SVG}ellipse" for o in shape.outlines)
        ]


def look(picture: Graph) -> Picture:
    root = ET.fromstring(picture._repr_svg_())
    seen = Picture({}, [], [])
    for group in root.iter(f"{SVG}g"):
        name = group.findtext(f"{SVG}title") or ""
        if group.get("class") == "node":
            texts = [(text.text or "").strip() for text in group.iter(f"{SVG}text")]
            outlines = [e for e in group if e.tag in {f"{SVG}{t}" for t in OUTLINES}]
            seen.nodes[name] = Shape(texts, outlines)
        elif group.get("class") == "edge":
            tail, head = (end.partition(":")[0] for end in name.split("->"))
            seen.edges.append((tail, head))
            path = group.find(f"{SVG}path")
            assert path is not None
            if path.get("stroke-dasharray"):
                seen.dashed.append((tail, head))
    return seen


OUTLINES = ("polygon", "path", "ellipse")


def neuron() -> tuple[Any, list[Value]]:
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    o: Any = np.tanh(n)
    o.label = "o"
    return o, [x1, x2]


# -------------------------------------------------------------------- what is drawn


def test_neuron_shows_data_and_gradients() -> None:
    o, inputs = neuron()
    o.backward()
    seen = look(graph(o, inputs=inputs))
    expected = {
        "x1": ("2", "-1.5"),
        "w1": ("-3", "1"),
        "x2": ("0", "0.5"),
        "w2": ("1", "0"),
        "b": ("6.881", "0.5"),
        "n": ("0.8814", "0.5"),
        "o": ("0.7071", "1"),
    }
    for label, (data, grad) in expected.items():
        assert seen.labelled(label).texts == [label, "data", data, "grad", grad]
    assert sorted(seen.operations) == ["+", "+", "tanh", "×", "×"]
    assert len(seen.nodes) == 10 + 5
    assert len(seen.edges) == 9 + 5


def test_gradient_is_a_dash_before_a_backward_pass() -> None:
    o, _ = neuron()
    seen = look(graph(o))
    assert seen.labelled("w1").texts == ["w1", "data", "-3", "grad", "–"]


def test_a_value_used_twice_is_drawn_once_with_two_edges() -> None:
    a = Value(3.0, label="a")
    seen = look(graph(a + a))
    assert seen.edges == [("n1", "n2"), ("n1", "n2"), ("n2", "n3")]
    assert len(seen.nodes) == 3


def test_a_single_leaf_is_a_picture() -> None:
    seen = look(graph(Value(2.0, label="x")))
    assert list(seen.nodes) == ["n1"]
    assert seen.edges == []


def test_parameters_of_an_operation_stand_below_its_symbol() -> None:
    x = Leaf(np.ones((2, 3)), "x")
    y = Leaf(np.ones(3), "", (x,), "sum", {"axis": 0, "keepdims": False})
    (operation,) = [s for s in look(graph(y)).nodes.values() if "sum" in s.texts]
    assert operation.texts == ["sum", "axis=0"]


def test_small_arrays_are_written_out_and_large_ones_summarised() -> None:
    small = Value(np.array([[1.0, 0.5], [-2.0, 1 / 3]], dtype=np.float32), label="S")
    large = Value(np.arange(100.0).reshape(2, 50), label="L")
    texts = look(graph(np.tanh(small))).labelled("S").texts
    assert texts == ["S", "(2, 2) float32", "data", "1", "0.5", "-2", "0.3333", "grad", "–"]
    texts = look(graph(np.tanh(large))).labelled("L").texts
    assert texts == ["L", "(2, 50) float64", "data", "0 to 99", "grad", "–"]


def test_drawing_leaves_values_as_they_were() -> None:
    w = Value(np.ones(3), label="w")
    state = w._state
    graph(w * 2)
    assert w._state == state


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (0.70710678, "0.7071"),
        (2.0, "2"),
        (-0.0, "0"),
        (1e-8, "1e-8"),
        (-1.5e300, "-1.5e300"),
        (123456.0, "1.235e5"),
        (99999.6, "1e5"),
        (123456, "123456"),
        (True, "True"),
        (np.float32(0.1), "0.1"),
        (np.float16(65504), "6.55e4"),
        (np.int8(-7), "-7"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers(entry: Any, text: str) -> None:
    assert number(entry) == text


@pytest.mark.parametrize(
    ("array", "shown"),
    [
        (np.zeros((0, 3)), "empty"),
        (np.zeros(17), "all 0"),
        (np.arange(8.0), (tuple("01234567"),)),
        (np.arange(9.0), "0 to 8"),
        (
            np.arange(16).reshape(4, 4),
            tuple(tuple(map(str, range(i, i + 4))) for i in (0, 4, 8, 12)),
        ),
        (np.zeros((2, 2, 2)), "all 0"),
        (np.array([[True], [False]]), (("True",), ("False",))),
        (np.full(20, np.nan), "all nan"),
        (np.array([np.nan, np.inf, *range(20)]), "0 to inf, 1 nan"),
        (np.ones((1, 1, 1), int), "all 1"),
    ],
)
def test_arrays(array: np.ndarray[Any, Any], shown: Any) -> None:
    assert content(array) == shown


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({}, ""),
        ({"axis": None, "keepdims": False}, ""),
        ({"axis": (0, 1), "keepdims": True}, "axis=(0, 1)\nkeepdims=True"),
        ({"index": (slice(1, None), Ellipsis, 2)}, "index=(1:, …, 2)"),
        ({"index": slice(None, None, -1)}, "index=::-1"),
        ({"index": np.zeros(5, int)}, f"index={np.dtype(int)} of shape (5,)"),
        ({"shape": (3,)}, "shape=(3,)"),
        ({"p": 0.30000000004}, "p=0.3"),
        ({"dtype": np.float32}, "dtype=float32"),
        (dict.fromkeys("abcdef", 1), "a=1\nb=1\nc=1\n…"),
    ],
)
def test_static_parameters(params: dict[str, Any], text: str) -> None:
    assert parameters(params) == text


# -------------------------------------------------------------------- how it looks


def roles() -> tuple[Leaf, list[Leaf]]:
    marked, fixed = Leaf(1.0, "marked"), Leaf(2.0, "named", is_constant=True)
    w, two = Leaf(3.0, "w"), Leaf(7.5, "", is_constant=True)
    inner = Leaf(4.0, "inner", (marked, fixed), "+")
    return Leaf(5.0, "root", (inner, w, two), "where"), [marked]


ROLES = {
    "marked": "input",
    "named": "input",
    "w": "parameter",
    "7.5": "constant",
    "inner": "intermediate",
    "root": "result",
    "where": "operation",
}


@pytest.mark.parametrize(("text", "role"), ROLES.items())
def test_roles_have_their_colours(text: str, role: str) -> None:
    root, inputs = roles()
    shape = look(graph(root, inputs=inputs)).labelled(text)
    style = STYLES[role]
    assert shape.fill.lower() in (style["fillcolor"].lower(), "white")
    assert shape.stroke.lower() == style["color"].lower()


def test_roles_differ_without_colour() -> None:
    root, inputs = roles()
    seen = look(graph(root, inputs=inputs))

    def outline(text: str) -> tuple[object, ...]:
        first, *rest = seen.labelled(text).outlines
        is_double = bool(rest) and rest[0].get("fill") == "none"
        return (first.tag, first.get("stroke-width"), first.get("stroke-dasharray"), is_double)

    names = ("marked", "w", "7.5", "inner", "root", "where")
    assert len({outline(name) for name in names}) == len(names)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("role", [role for role in STYLES if role != "stub"])
def test_text_is_readable_on_every_fill(role: str) -> None:
    assert contrast(STYLES[role]["fillcolor"], "#1A1A1A") > 7
    assert contrast(STYLES[role]["fillcolor"], "#4A4A4A") > 4.5


@pytest.mark.parametrize("page", ["#FFFFFF", "#000000", "#1E1E1E"])
def test_lines_stand_out_on_light_and_dark_pages(page: str) -> None:
    assert contrast(LINE, page) > 3


def test_the_page_shows_through() -> None:
    svg = graph(Value(1.0) + 1)._repr_svg_()
    (whole,) = [g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("class") == "graph"]
    assert all(e.get("fill") in (None, "none", "transparent") for e in whole if e.tag != f"{SVG}g")


def test_legend() -> None:
    o, _ = neuron()
    seen = look(graph(o, legend=True))
    for role in ("input", "parameter", "constant", "operation", "intermediate", "result"):
        assert seen.labelled(role)


@pytest.mark.parametrize(("rankdir", "axis", "sign"), [("LR", 0, 1), ("TB", 1, 1), ("RL", 0, -1)])
def test_direction(rankdir: str, axis: int, sign: int) -> None:
    x = Value(1.0, label="x")
    y: Any = np.tanh(x)
    y.label = "y"
    seen = look(graph(y, rankdir=rankdir))
    before, after = (corner(seen.labelled(label).outlines[0])[axis] for label in "xy")
    assert (after - before) * sign > 0


def corner(outline: ET.Element) -> tuple[float, float]:
    x, y = re.findall(r"-?[\d.]+", outline.get("points", ""))[:2]
    return float(x), float(y)


def test_first_operand_enters_at_the_top() -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    picture = graph((a - b) / (b - a))
    ends: dict[str, list[tuple[float, str]]] = {}
    for group in ET.fromstring(picture._repr_svg_()).iter(f"{SVG}g"):
        if group.get("class") != "edge":
            continue
        tail, head = (group.findtext(f"{SVG}title") or "").split("->")
        path = group.find(f"{SVG}path")
        assert path is not None
        height = float(re.findall(r"-?[\d.]+", path.get("d", ""))[-1])
        ends.setdefault(head.partition(":")[0], []).append((height, tail))
    assert [tail for _, tail in sorted(ends["n3"])] == ["n1", "n2"]
    assert [tail for _, tail in sorted(ends["n5"])] == ["n2", "n1"]


def test_many_operands_are_numbered() -> None:
    a, b = Leaf(label="a"), Leaf(label="b")
    picture = graph(Leaf(1.0, "", (a, b, a, a, b), "stack"))
    assert look(picture).edges == [("n1", "n3"), ("n2", "n3"), ("n3", "n4")]
    svg = picture._repr_svg_()
    assert ">1, 3, 4<" in svg
    assert ">2, 5<" in svg


def test_constants_can_be_hidden() -> None:
    x = Value(2.0, label="x")
    seen = look(graph(x * 3 + 1, constants=False))
    assert len(seen.nodes) == 5
    assert len(seen.edges) == 4


# -------------------------------------------------------------------- any text is safe

HOSTILE = [
    "<b>bold</b>",
    "<TABLE></TABLE>",
    "<<B>x</B>>",
    "&amp; &lt; &#65;",
    'say "x"',
    "{a|b}|<port>",
    "\\",
    "ends in \\",
    "\\N \\G \\L \\n",
    "\\\\",
    "a -> b; }",
    "// comment",
    "</svg><script>alert(1)</script>",
    "손실 함수",
    "损失 مرحبا שלום",
    "∂L/∂w₁ → θ²",
    "🙂",
    "%s {0}",
    "'quoted'",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_shows_as_it_is(text: str) -> None:
    leaf = Leaf(1.0, text)
    seen = look(graph(Leaf(1.0, "", (leaf,), text, {text: text})))
    assert seen.nodes["n1"].texts[0] == text
    assert seen.nodes["n2"].texts == [text, *shown_lines(f"{text}={text}")]


def test_newlines_are_lines_and_controls_are_replaced() -> None:
    seen = look(graph(Leaf(1.0, "one\ntwo\x00\x1b\ud800")))
    assert seen.nodes["n1"].texts[:2] == ["one", "two\ufffd\ufffd\ufffd"]


def test_long_labels_are_cut() -> None:
    lines = shown_lines("\n".join("x" * 10_000 for _ in range(100)))
    assert len(lines) == 4
    assert all(len(line) <= 40 for line in lines)


TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"{}|\\\n\t NGL;#[]%'")), max_size=15
)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_is_safe_anywhere(title: str, detail: str, entry: str, symbol: str) -> None:
    program = Program(
        [
            Node(f"{title}1", "input", title, detail, (Field(symbol, entry),)),
            Node(f"{title}2", "operation", symbol, detail),
            Node("", "result", entry),
        ],
        [Edge(f"{title}1", f"{title}2", entry)],
    )
    seen = look(graph(program))
    shown = "".join(seen.nodes["n1"].texts)
    for text in (title, detail):
        for line in shown_lines(text.strip()):
            assert "".join(line.split()) in "".join(shown.split())


def test_wide_characters_get_their_room() -> None:
    width = 12 * len("한국어로 된 긴 이름")
    seen = look(graph(Leaf(1.0, "한국어로 된 긴 이름")))
    points = re.findall(r"(-?[\d.]+),", seen.nodes["n1"].outlines[0].get("points", ""))
    assert max(map(float, points)) - min(map(float, points)) > width * 0.85


# -------------------------------------------------------------------- limits


def test_the_nearest_values_are_kept_and_the_rest_is_announced() -> None:
    value: Any = Value(1.0, label="start")
    for _ in range(30):
        value = np.tanh(value)
    value.label = "end"
    seen = look(graph(value, max_nodes=10))
    note = seen.nodes["note"].texts
    assert note[0] == "21 of 31 values are left out:"
    assert note[-1] == "For more: graph(max_nodes=20)"
    assert seen.labelled("end")
    assert seen.operations.count("tanh") == 10
    assert len(seen.dashed) == 1
    assert "note" not in look(graph(value, max_nodes=31)).nodes
    assert "note" not in look(graph(value, max_nodes=None)).nodes


def test_breadth_first_keeps_both_sides() -> None:
    left, right = Leaf(label="l0"), Leaf(label="r0")
    for depth in range(1, 20):
        left = Leaf(label=f"l{depth}", _inputs=(left,), _op="f")
        right = Leaf(label=f"r{depth}", _inputs=(right,), _op="f")
    seen = look(graph(Leaf(label="top", _inputs=(left, right), _op="+"), max_nodes=5))
    assert {shape.texts[0] for shape in seen.nodes.values()} >= {"top", "l19", "r19", "l18", "r18"}


def test_a_very_long_chain_is_drawn() -> None:
    value = Value(1.0)
    for _ in range(100_000):
        value = value + 1.0
    picture = graph(value)
    assert picture.source.count("label=") < 1000
    assert "199,801 of 200,001 values" in " ".join(look(picture).nodes["note"].texts)


def test_an_operation_of_very_many_operands_is_drawn() -> None:
    leaves = tuple(Leaf(label=f"x{i}") for i in range(50_000))
    seen = look(graph(Leaf(_inputs=leaves * 2, _op="stack"), max_nodes=5))
    assert len(seen.nodes) == 1 + 4 + 1 + 1 + 1
    assert len(seen.dashed) == 1


@pytest.mark.parametrize("max_nodes", [0, -1])
def test_a_limit_is_positive(max_nodes: int) -> None:
    with pytest.raises(ValueError, match="max_nodes is a positive number"):
        graph(Value(1.0), max_nodes=max_nodes)


# -------------------------------------------------------------------- nodes and edges


@dataclass
class Program:
    nodes: list[Node]
    edges: list[Edge]


def chain(length: int) -> Program:
    nodes = [Node(f"layer:{i}", "operation", f"Dense {i}", "units=3") for i in range(length)]
    return Program(nodes, [Edge(a.name, b.name) for a, b in pairwise(nodes)])


def test_anything_with_nodes_and_edges_is_drawn() -> None:
    kernel = Node("kernel", "parameter", "kernel", "(2, 3) float32", (Field("params", "6"),))
    program = chain(2)
    program.nodes.append(kernel)
    program.edges.append(Edge("kernel", "layer:1"))
    seen = look(graph(program))
    assert seen.edges == [("n1", "n2"), ("n3", "n2")]
    assert seen.labelled("kernel").texts == ["kernel", "(2, 3) float32", "params", "6"]


def test_nodes_and_edges_are_limited_too() -> None:
    seen = look(graph(chain(50), max_nodes=3))
    assert seen.operations == ["Dense 47", "Dense 48", "Dense 49"]
    assert seen.nodes["note"].texts[0] == "47 of 50 nodes are left out:"
    assert len(seen.dashed) == 1


def test_a_node_of_very_many_inputs_has_one_stub() -> None:
    nodes = [Node(f"x{i}", "input") for i in range(1000)]
    program = Program([*nodes, Node("y", "result")], [Edge(n.name, "y") for n in nodes])
    seen = look(graph(program, max_nodes=4))
    assert len(seen.edges) == 4
    assert len(seen.dashed) == 1


def test_cycles_are_drawn() -> None:
    program = chain(3)
    program.edges.append(Edge("layer:2", "layer:0"))
    assert len(look(graph(program)).edges) == 3


def test_edges_join_given_nodes() -> None:
    program = chain(2)
    program.edges.append(Edge("layer:0", "elsewhere"))
    with pytest.raises(ValueError, match="'layer:0' -> 'elsewhere'"):
        graph(program)


# -------------------------------------------------------------------- the object


def test_names_do_not_depend_on_the_run() -> None:
    sources = {graph(neuron()[0]).source for _ in range(3)}
    assert len(sources) == 1
    assert not re.search(r"\d{9,}", sources.pop())


def test_it_displays_itself() -> None:
    picture = graph(Value(2.0) * 3)
    assert isinstance(picture, graphviz.Digraph)
    svg = picture._repr_svg_()
    assert ET.fromstring(svg).tag == f"{SVG}svg"
    assert picture._repr_mimebundle_() == {"image/svg+xml": svg}
    assert picture._repr_mimebundle_(exclude=["image/svg+xml"]) == {}
    both = picture._repr_mimebundle_(include=["image/svg+xml", "image/png", "text/html"])
    assert both["image/png"].startswith(b"\x89PNG")
    assert picture.pipe(encoding="utf-8") == svg


@pytest.mark.parametrize("thing", [3.0, np.ones(2), [Value(1.0)], None])
def test_what_has_no_graph_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match=f"got {type(thing).__name__}"):
        graph(thing)


def test_inputs_belong_to_the_graph() -> None:
    x, other = Value(1.0, label="x"), Value(1.0, label="other")
    y = x * 2
    with pytest.raises(ValueError, match=r"inputs\[1\] takes no part .*other"):
        graph(y, inputs=[x, other])
    with pytest.raises(ValueError, match=r"inputs\[0\] was computed"):
        graph(y, inputs=[y])
    with pytest.raises(TypeError, match=r"inputs=\[x\]"):
        graph(y, inputs=x)  # type: ignore[arg-type]


def test_directions_are_checked() -> None:
    with pytest.raises(ValueError, match="rankdir is one of LR, TB, RL, BT; got 'left'"):
        graph(Value(1.0), rankdir="left")


def test_unknown_kind_of_picture() -> None:
    with pytest.raises(RenderError, match="could not draw this graph as nonsense"):
        graph(Value(1.0)).pipe("nonsense")
