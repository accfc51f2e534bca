"""`model.graph()` and `model.player()`: layers, and what they compute on data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import keras
from tinygrad_gates.keras import Input, Model, Sequential, layers
from tinygrad_gates.picture.labels import number

X, Y = np.array([[0, 1], [1, 1]]), np.array([[1], [0]])


def gate() -> Any:
    keras.utils.set_random_seed(3)
    hidden = layers.Dense(3, "relu", name="hidden")
    model = Sequential([Input((2,)), hidden, layers.Dense(1, "sigmoid", name="out")], name="gate")
    model.compile("sgd", "mse")
    return model


def test_layers_have_shapes_activations_and_parameters() -> None:
    source = gate().graph().source
    for text in ("hidden: Dense", "relu, (None, 3)", "9 parameters", "sigmoid, (None, 1)"):
        assert text in source, text
    assert "trainable" not in source
    assert source.count("->") == 2


def test_frozen_layers_are_told_apart() -> None:
    model = gate()
    model.layers[0].trainable = False
    assert "frozen" in model.graph().source


def test_a_computation_has_its_layers_as_boxes() -> None:
    source = gate().graph(X).source
    for text in ("label=<hidden>", "label=<out>", "ReLU", "σ", ">x<", ">output<"):
        assert text in source, text
    assert ">gate/hidden/kernel<" in source
    assert "label=<hidden>" in gate().graph(expand=True).source
    assert "label=<hidden>" not in gate().graph(X, fold=["hidden"]).source


def test_a_loss_has_every_gradient_and_leaves_none_behind() -> None:
    model = gate()
    kernel = model.layers[0].kernel
    source = model.graph(X, Y).source
    assert ">loss<" in source
    assert "–" not in source
    assert not any(weight.has_grad for weight in model.weights)
    kernel.grad = np.full((2, 3), 7.0, np.float32)
    assert model.graph(X, Y).source == source
    assert kernel.grad[0, 0] == 7
    loss = model.evaluate(X, Y, verbose=0)
    assert number(loss) in source


def test_several_inputs_are_told_apart() -> None:
    one, two = Input((2,), name="one"), Input((2,), name="two")
    model = Model([one, two], layers.Add()([layers.Dense(1)(one), layers.Dense(1)(two)]))
    source = model.graph([X, X]).source
    assert ">x1<" in source
    assert ">x2<" in source


def test_the_player_goes_on_to_the_loss() -> None:
    html = gate().player(X, Y).html
    assert "∂loss/∂gate" in html
    assert "Backward" not in gate().player(X).html.partition('id="story"')[2].partition("<")[0]


@pytest.mark.parametrize("call", [lambda m: m.graph(y=Y), lambda m: m.player(y=Y)])
def test_targets_alone_are_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="targets were given without inputs"):
        call(gate())


def test_a_model_without_shapes_needs_data() -> None:
    model = Sequential([layers.Dense(1)])
    with pytest.raises(ValueError, match="is not built"):
        model.graph()
    with pytest.raises(ValueError, match="give data"):
        model.graph(expand=True)
    assert "@" in model.graph(X.tolist()).source
