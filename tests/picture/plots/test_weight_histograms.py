"""Histograms: every number is in one, and gradients are beside their weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_gates import Value, gradients, keras
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.picture import plots

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def model() -> keras.Sequential:
    network = keras.Sequential([
        keras.layers.Dense(8, "tanh", input_shape=(2,), name="hidden"),
        keras.layers.BatchNormalization(name="norm"),
        keras.layers.Dense(1, name="output"),
    ])  # fmt: skip
    network.compile("sgd", "mse")
    return network


def titles(figure: Any) -> list[str]:
    return [panel.get_title() for panel in figure.axes if panel.axison]


def counted(panel: Any) -> float:
    return sum(bar.get_height() for bar in panel.patches)


def test_each_weight_has_a_histogram_of_all_its_numbers() -> None:
    network = model()
    figure = plots.histograms(network)
    assert titles(figure) == [
        "hidden/kernel (2, 8)", "hidden/bias (8,)", "norm/gamma (8,)", "norm/beta (8,)",
        "norm/moving_mean (8,)", "norm/moving_variance (8,)", "output/kernel (8, 1)",
        "output/bias (1,)",
    ]  # fmt: skip
    for panel, weight in zip(figure.axes, network.weights, strict=False):
        numbers = weight.numpy()
        assert counted(panel) == numbers.size
        bars = panel.patches
        assert bars[0].get_x() <= numbers.min()
        assert numbers.max() <= bars[-1].get_x() + bars[-1].get_width()
        mean, deviation = panel.get_xlabel().replace("−", "-").split(", ")
        assert float(mean.split()[1]) == pytest.approx(numbers.mean(), rel=0.01, abs=1e-12)
        assert float(deviation.split()[1]) == pytest.approx(numbers.std(), rel=0.1, abs=1e-12)


def test_gradients_are_beside_their_weights() -> None:
    network = model()
    figure = plots.histograms(network, x=X, y=Y, title="Before training")
    trained = [weight for weight in network.weights if weight.trainable]
    loss = network.compute_loss(x=X, y=Y, y_pred=network(X))
    expected = gradients(loss, trained)
    again = plots.histograms(network, expected)
    assert figure.get_suptitle() == "Before training"
    for drawn in (figure, again):
        pairs = np.reshape(drawn.axes, (-1, 2))
        beside = [b for _, b in pairs if b.axison]
        assert [b.get_title() for b in beside] == [
            f"gradient of {w.path.partition('/')[2]}" for w in trained
        ]
        for panel, gradient in zip(beside, expected, strict=True):
            assert counted(panel) == gradient.size
            mean = panel.get_xlabel().replace("−", "-").split(",")[0].split()[1]
            assert float(mean) == pytest.approx(gradient.mean(), rel=0.01, abs=1e-9)
        untrained = [b for _, b in pairs if not b.axison]
        assert [b.texts[0].get_text() for b in untrained] == ["not trained"] * 2


def test_weights_without_a_model_are_drawn() -> None:
    value = Value([1.0, 2.0, 4.0])
    assert titles(plots.histograms({"w": value})) == ["w (3,)"]
    assert titles(plots.histograms([value, np.ones((2, 2))])) == [
        "weight 0 (3,)",
        "weight 1 (2, 2)",
    ]
    (gradient,) = gradients(value.sum(), [value])
    assert titles(plots.histograms({"w": value}, [gradient])) == ["w (3,)", "gradient of w"]


def test_what_is_not_finite_is_counted() -> None:
    (panel,) = [
        p for p in plots.histograms([np.array([1.0, 2.0, np.nan, np.inf])]).axes if p.axison
    ]
    assert counted(panel) == 2
    assert panel.get_xlabel().endswith("2 of 4 are not finite")
    (panel,) = [p for p in plots.histograms([np.full(3, np.nan)]).axes if p.axison]
    assert panel.get_xlabel() == "3 of 3 are not finite"


def test_equal_numbers_are_one_bar_where_they_are() -> None:
    (panel,) = [p for p in plots.histograms([np.full(5, 0.25)]).axes if p.axison]
    (bar,) = panel.patches
    assert bar.get_x() + bar.get_width() / 2 == pytest.approx(0.25)
    assert bar.get_height() == 5


@settings(max_examples=15)
@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=99))
def test_no_number_is_lost(numbers: list[float]) -> None:
    (panel,) = plots.histograms([np.array(numbers)]).axes
    assert counted(panel) == len(numbers)


@pytest.mark.parametrize(
    ("arguments", "named", "error", "message"),
    [
        ((3,), {}, TypeError, "histograms: 3 of type int has no weights"),
        (([],), {}, ValueError, "no weights yet"),
        (([np.ones(2)], []), {}, ShapeError, "0 gradients are given, and 1 weights are trained"),
        (([np.ones(2)], [np.ones(3)]), {}, ShapeError, r"gradient of weight 0 has shape \(3,\)"),
        (([np.ones(2)],), {"x": X, "y": Y}, TypeError, r"list has no compute_loss\(\)"),
        ((model(), []), {"x": X, "y": Y}, TypeError, "gradients are given, and x"),
    ],
)
def test_mistakes_are_named(
    arguments: Any, named: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plots.histograms(*arguments, **named)


def test_a_model_that_is_not_built_says_so() -> None:
    with pytest.raises(ValueError, match=r"no weights yet\. Build it first"):
        plots.histograms(keras.Sequential([keras.layers.Dense(1)]))
