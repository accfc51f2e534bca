"""Programs written for micrograd run with only their import line changed."""

from __future__ import annotations

import random
from typing import Any

import graphviz
import numpy as np
import pytest

from tinygrad_gates import Value


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    nodes: set[Value] = set()
    edges: set[tuple[Value, Value]] = set()

    def build(v: Value) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def draw_dot(root: Value) -> graphviz.Digraph:
    """Draw a graph as a lecture's notebook does, by walking `_prev` and `_op`."""
    dot = graphviz.Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, edges = trace(root)
    for n in nodes:
        uid = str(id(n))
        text = "{ %s | data %.4f | grad %.4f }" % (n.label, n.data, n.grad)  # noqa: UP031
        dot.node(name=uid, label=text, shape="record")
        if n._op:
            dot.node(name=uid + n._op, label=n._op)
            dot.edge(uid + n._op, uid)
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)
    return dot


def neuron() -> tuple[dict[str, Value], Value]:
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    n = x1w1 + x2w2 + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    return {"x1": x1, "x2": x2, "w1": w1, "w2": w2, "b": b, "n": n}, o


def test_the_neuron_with_tanh() -> None:
    values, o = neuron()
    o.backward()
    expected = {"x1": -1.5, "x2": 0.5, "w1": 1.0, "w2": 0.0, "b": 0.5, "n": 0.5}
    for name, gradient in expected.items():
        assert values[name].grad == pytest.approx(gradient, abs=1e-7)


def test_draw_dot_walks_the_graph() -> None:
    _, o = neuron()
    o.backward()
    source = draw_dot(o).source
    for text in ("x1*w1", "data 0.7071", "grad -1.5000", "tanh", "×", "+"):
        assert text in source


def test_engine_program() -> None:
    """Forward and backward of a program that uses every operator; derivatives by hand."""
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306)
    assert a.grad == pytest.approx(138.83381924198252)
    assert b.grad == pytest.approx(645.5772594752186)


class Neuron:
    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Any) -> Value:
        act: Value = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]


def test_two_moons_network_of_scalar_neurons_learns() -> None:
    random.seed(1337)
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, np.pi, 40)
    y = np.arange(40) % 2 * 2 - 1
    x = np.where(y > 0, [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]).T
    layers = [[Neuron(2) for _ in range(16)], [Neuron(16, nonlin=False)]]
    parameters = [p for layer in layers for n in layer for p in n.parameters()]

    def model(v: Any) -> Value:
        for layer in layers:
            v = [n(v) for n in layer]
        result: Value = v[0]
        return result

    def loss() -> tuple[Value, float]:
        scores = [model(list(map(Value, row))) for row in x]
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in parameters)
        right = [(yi > 0) == (s.data > 0) for yi, s in zip(y, scores, strict=True)]
        return data_loss + reg_loss, sum(right) / len(right)

    first, _ = loss()
    for k in range(60):
        total, accuracy = loss()
        for p in parameters:
            p.grad = 0.0
        total.backward()
        for p in parameters:
            p.data -= (1.0 - 0.9 * k / 60) * p.grad
    assert total.data < first.data / 3
    assert accuracy >= 0.9
