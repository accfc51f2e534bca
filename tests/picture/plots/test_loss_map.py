"""The loss over two weights: heights, paths and what stays as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_gates import Value, keras
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.picture import plots
from tinygrad_gates.picture.plots import loss_map

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [0], [0], [1]])


def bowl(a: Any, b: Any) -> Any:
    return a * a + 4 * b * b


def network() -> keras.Sequential:
    model = keras.Sequential([keras.layers.Dense(1, input_shape=(2,), name="gate")])
    model.compile(keras.optimizers.SGD(0.2), "mse")
    model.set_weights([np.array([[0.5], [0.25]]), np.array([-0.5])])
    return model


@pytest.fixture
def seen(monkeypatch: Any) -> dict[str, Any]:
    """Keep what the map was drawn from."""
    kept: dict[str, Any] = {}
    draw = loss_map._map

    def spy(panel: Any, a: Any, b: Any, grid: Any) -> None:
        kept.update(a=a, b=b, grid=grid)
        draw(panel, a, b, grid)

    monkeypatch.setattr(loss_map, "_map", spy)
    return kept


def test_heights_are_the_function_s(seen: Any) -> None:
    figure = plots.loss_surface(bowl, ranges=((-1, 3), (-2, 2)), side=9, title="A bowl")
    np.testing.assert_array_equal(seen["a"], np.linspace(-1, 3, 9))
    np.testing.assert_array_equal(seen["b"], np.linspace(-2, 2, 9))
    np.testing.assert_allclose(seen["grid"], bowl(*np.meshgrid(seen["a"], seen["b"])))
    (panel,) = figure.axes
    assert (panel.get_title(), panel.get_xlabel(), panel.get_ylabel()) == ("A bowl", "a", "b")
    assert panel.child_axes[0].get_ylabel() == "loss"
    assert (panel.get_xlim(), panel.get_ylim()) == ((-1, 3), (-2, 2))


def test_contours_are_where_the_loss_is_as_high() -> None:
    (panel,) = plots.loss_surface(bowl, ranges=((-1, 1), (-1, 1))).axes
    _, contours = panel.collections
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        if len(path.vertices) and level > 0:
            np.testing.assert_allclose(bowl(*path.vertices.T), level, atol=0.01)


def test_functions_may_compute_with_values(seen: Any) -> None:
    plots.loss_surface(lambda a, b: bowl(Value(a), Value(b)), side=3)
    np.testing.assert_allclose(seen["grid"], bowl(*np.meshgrid(seen["a"], seen["b"])))


def test_heights_are_the_model_s_loss_and_it_is_left_as_it_was(seen: Any) -> None:
    model = network()
    before = model.get_weights()
    weights = (("gate/kernel", (1, 0)), ("bias", 0))
    figure = plots.loss_surface(model, x=X, y=Y, weights=weights, side=4)
    assert figure.axes[0].get_xlabel() == "gate/kernel[1, 0]"
    assert figure.axes[0].get_ylabel() == "gate/bias[0]"
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    middle = seen["a"].mean(), seen["b"].mean()
    assert middle == pytest.approx((0.25, -0.5)), "around what they are now"
    for row, column in np.ndindex(4, 4):
        model.set_weights([np.array([[0.5], [seen["a"][column]]]), np.array([seen["b"][row]])])
        expected = model.evaluate(X, Y, verbose=0)
        assert seen["grid"][row, column] == pytest.approx(expected, rel=1e-5)


def test_a_loss_that_fails_leaves_the_model_as_it_was() -> None:
    model = network()
    before = model.get_weights()
    with pytest.raises(Exception):  # noqa: B017
        plots.loss_surface(model, x=X, y=np.zeros((3, 5)), side=2)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def lines_of(figure: Any) -> dict[str, Any]:
    found = figure.axes[0].get_lines()
    return {line.get_label(): line for line in found if not line.get_label().startswith("_")}


def test_paths_are_the_weights_that_were_recorded(seen: Any) -> None:
    model, paths = network(), {}
    begin = model.get_weights()
    for name in ("SGD", "Adam"):
        model.set_weights(begin)
        model.compile(name.lower(), "mse")
        paths[name] = WeightRecorder()
        model.fit(X, Y, epochs=5, verbose=0, callbacks=[paths[name]])
    figure = plots.loss_surface(model, paths=paths, x=X, y=Y, side=3)
    drawn = lines_of(figure)
    assert [*drawn] == ["SGD", "Adam"]
    for name, recorder in paths.items():
        expected = [kernel[:, 0] for kernel, _ in recorder.weights]
        np.testing.assert_array_equal(drawn[name].get_xydata(), expected)
    assert drawn["SGD"].get_color() != drawn["Adam"].get_color()
    assert drawn["SGD"].get_linestyle() != drawn["Adam"].get_linestyle()
    key = [text.get_text() for text in figure.legends[0].get_texts()]
    assert key == ["SGD", "Adam"]


NUMBER = st.floats(-1e3, 1e3, width=32)


@settings(max_examples=15)
@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=9))
def test_every_step_of_a_path_is_in_the_picture(path: list[tuple[float, float]]) -> None:
    figure = plots.loss_surface(bowl, paths=path, side=3)
    (panel,) = figure.axes
    line = lines_of(figure)["path"]
    np.testing.assert_array_equal(line.get_xydata(), path)
    for side, (low, high) in zip(
        np.transpose(path), (panel.get_xlim(), panel.get_ylim()), strict=True
    ):
        assert low < side.min() <= side.max() < high


def test_places_where_the_loss_is_not_finite_stay_empty(seen: Any) -> None:
    plots.loss_surface(lambda a, b: np.log(a) + b, side=5)
    assert np.isnan(seen["grid"][:, :2]).all()
    assert np.isfinite(seen["grid"][:, 3:]).all()
    with pytest.raises(ValueError, match="nowhere finite"):
        plots.loss_surface(lambda a, b: np.inf, side=2)
    plots.loss_surface(lambda a, b: 1.0, side=2)


@pytest.mark.parametrize(
    ("loss", "named", "error", "message"),
    [
        (3, {}, TypeError, "loss_surface: 3 of type int has no loss"),
        (network(), {}, TypeError, "one for data. Give x= and y="),
        (bowl, {"paths": [1.0, 2.0]}, ShapeError, r"path '' has shape \(2,\)"),
        (bowl, {"paths": {"SGD": []}}, ShapeError, "path 'SGD' has shape"),
        (bowl, {"paths": {"SGD": 3}}, ShapeError, "path 'SGD' has shape"),
        (bowl, {"paths": {"SGD": WeightRecorder()}}, TypeError, "is of a model's weights"),
        (network(), {"weights": (("kernel", 0), ("bias", 0))}, ValueError, r"no place \(0,\)"),
        (network(), {"weights": (("kernel", (2, 0)), ("bias", 0))}, ValueError, "no place"),
        (network(), {"weights": (("colonel", 0), ("bias", 0))}, ValueError, "'colonel' is none"),
        (network(), {"weights": ((5, 0), ("bias", 0))}, ValueError, "5 is none"),
        (network(), {"weights": (("bias", 0),)}, ValueError, "are not two entries"),
        (network(), {"weights": ("ab",)}, ValueError, "are not two entries"),
        (keras.Sequential([keras.layers.Dense(1)]), {}, ValueError, "no weights yet"),
    ],
)
def test_mistakes_are_named(loss: Any, named: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plots.loss_surface(loss, **named)


def test_a_name_that_several_weights_have_is_refused() -> None:
    model = keras.Sequential([
        keras.layers.Dense(2, input_shape=(2,), name="a"), keras.layers.Dense(1, name="b"),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"'kernel' is several of the model's weights: .*a/kernel"):
        plots.loss_surface(model, x=X, y=Y, weights=(("kernel", (0, 0)), ("b/kernel", (0, 0))))
