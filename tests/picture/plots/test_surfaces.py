"""Decision surfaces: outputs, boundaries, classes and the data on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from tinygrad_gates import Value, keras
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.picture import plots
from tinygrad_gates.picture.plots.inputs import numbers
from tinygrad_gates.picture.plots.plane import Plane
from tinygrad_gates.picture.plots.style import COLOURS
from tinygrad_gates.picture.plots.surfaces import FULL

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def key_of(figure: Any) -> list[str]:
    legends = [*figure.legends, *(p.get_legend() for p in figure.axes if p.get_legend())]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


# ------------------------------------------------------------------------ several models


def test_decision_surfaces_show_outputs_boundary_and_targets() -> None:
    figure = plots.decision_surfaces({"x1": lambda p: p[:, :1]}, X, {"x1": [[0], [0], [1], [1]]})
    panel = figure.axes[0]
    assert panel.get_title() == "x1"
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("x1", "x2")
    surface, boundary, zeros, ones = panel.collections
    outputs = np.asarray(surface.get_array()).reshape(121, 121)
    np.testing.assert_allclose(outputs[0], np.linspace(-0.5, 1.5, 121), atol=1e-6)
    np.testing.assert_allclose(boundary.get_paths()[0].vertices[:, 0], 0.5, atol=1e-6)
    np.testing.assert_array_equal(zeros.get_offsets(), [[0, 0], [0, 1]])
    np.testing.assert_array_equal(ones.get_offsets(), [[1, 0], [1, 1]])
    assert key_of(figure) == ["target 0", "target 1", "output = 0.5"]
    assert figure.axes[-1].get_ylabel() == "output"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_each_model_has_a_panel_and_the_key_a_free_place(count: int) -> None:
    models = {f"model {n}": lambda p: p[:, 1:] for n in range(count)}
    targets = {name: [0, 1, 0, 1] for name in models}
    figure = plots.decision_surfaces(models, X, targets, threshold=0.7)
    shown = [panel for panel in figure.axes if panel.axison]
    *panels, bar = shown
    assert [panel.get_title() for panel in panels] == [*models]
    assert bar.get_ylabel() == "output"
    keys = [*figure.legends, *(p.get_legend() for p in figure.axes if p.get_legend())]
    (key,) = keys
    assert [text.get_text() for text in key.get_texts()][-1] == "output = 0.7"
    assert (key.axes is None) == (count in (1, 2, 3, 6)), "in an empty panel where there is one"


# ------------------------------------------------------------------------ one output


def dense(units: int, activation: str | None = None) -> keras.Sequential:
    model = keras.Sequential([keras.layers.Dense(units, activation, input_shape=(2,))])
    model.compile("sgd", "mse")
    return model


class WithoutVerbose:
    """As scikit-learn's models."""

    def predict(self, places: Any) -> Any:
        return places.sum(axis=1)


MODELS: dict[str, Any] = {
    "a model": dense(1, "sigmoid"),
    "one without verbose": WithoutVerbose(),
    "numbers": lambda places: places[:, 0],
    "a column": lambda places: places[:, :1],
    "a Value": lambda places: (Value(places) @ Value([1.0, 1.0])) * 0.5,
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_any_model_is_asked(name: str, shape: tuple[int, ...]) -> None:
    model = MODELS[name]
    figure = plots.decision_surface(model, X, np.reshape([0, 1, 1, 0], shape), title=name)
    (panel,) = figure.axes
    surface, *_, zeros, ones = panel.collections
    places = Plane.around(X).places
    ask = model if callable(model) and not hasattr(model, "predict") else model.predict
    expected = ask(places, verbose=0) if isinstance(model, keras.Sequential) else ask(places)
    np.testing.assert_allclose(np.ravel(surface.get_array()), np.ravel(numbers(expected)))
    np.testing.assert_array_equal(zeros.get_offsets(), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(ones.get_offsets(), [[0, 1], [1, 0]])
    assert panel.get_title() == name
    assert key_of(figure) == ["target 0", "target 1", "output = 0.5"]
    assert panel.child_axes[0].get_ylabel() == "output"


def test_the_threshold_is_midway_and_can_be_given() -> None:
    signs = [-1, -1, 1, 1]
    figure = plots.decision_surface(lambda p: 2 * p[:, 0] - 1, X, signs)
    assert key_of(figure) == ["target -1", "target 1", "output = 0"]
    boundary = figure.axes[0].collections[1]
    np.testing.assert_allclose(boundary.get_paths()[0].vertices[:, 0], 0.5, atol=1e-6)
    figure = plots.decision_surface(lambda p: 2 * p[:, 0] - 1, X, signs, threshold=0.5)
    boundary = figure.axes[0].collections[1]
    np.testing.assert_allclose(boundary.get_paths()[0].vertices[:, 0], 0.75, atol=1e-6)


def test_targets_of_one_kind_or_of_many_are_drawn() -> None:
    assert key_of(plots.decision_surface(lambda p: p[:, 0], X, [1, 1, 1, 1]))[-1] == "output = 0.5"
    figure = plots.decision_surface(lambda p: p[:, 0], X, [0.0, 0.3, 0.7, 2.0])
    surface, dots = figure.axes[0].collections
    np.testing.assert_array_equal(dots.get_array(), [0.0, 0.3, 0.7, 2.0])
    assert dots.get_clim() == surface.get_clim() == (0.0, 2.0), "shades mean the same"


def test_an_output_that_is_the_same_everywhere_has_no_boundary() -> None:
    figure = plots.decision_surface(lambda p: np.zeros(len(p)), X, [0, 1, 1, 0])
    assert len(figure.axes[0].collections) == 3


# ------------------------------------------------------------------------ several classes


def sure(places: Any) -> Any:
    """Three classes, in stripes along x1."""
    return np.eye(3)[np.digitize(places[:, 0], [0.25, 0.75])]


@pytest.mark.parametrize("y", [[0, 0, 2, 2], [[0], [0], [2], [2]], np.eye(3)[[0, 0, 2, 2]]])
def test_classes_have_colours_markers_and_boundaries(y: Any) -> None:
    figure = plots.decision_surface(sure, X, y, names=["left", "middle", "right"])
    panel = figure.axes[0]
    surface, *boundaries, left, right = panel.collections
    np.testing.assert_array_equal(left.get_offsets(), [[0, 0], [0, 1]])
    np.testing.assert_array_equal(right.get_offsets(), [[1, 0], [1, 1]])
    assert key_of(figure) == ["left", "right"]
    colours = np.asarray(surface.get_array()).reshape(121, 121, 3)
    for column, number in ((0, 0), (60, 1), (120, 2)):
        pure = FULL * np.array(to_rgb(COLOURS[number])) + 1 - FULL
        np.testing.assert_allclose(colours[:, column], np.tile(pure, (121, 1)))
    corners = [path.vertices[:, 0] for b in boundaries for path in b.get_paths()]
    away = np.abs(np.concatenate(corners)[:, None] - [0.25, 0.75]).min(axis=1)
    assert away.max() < 2 / 120, "boundaries are where the stripes meet"
    paths = [left.get_paths()[0].vertices, right.get_paths()[0].vertices]
    assert paths[0].shape != paths[1].shape, "markers tell them apart in grey"


def test_the_colours_of_classes_are_in_the_picture() -> None:
    figure = plots.decision_surface(sure, X, [0, 0, 2, 2])
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)  # type: ignore[attr-defined]
    for colour in COLOURS[:3]:
        pure = 255 * (FULL * np.array(to_rgb(colour)) + 1 - FULL)
        assert (np.abs(pixels - pure) <= 1).all(axis=2).sum() > 5000


def test_the_less_sure_the_paler() -> None:
    def logistic(places: Any) -> Any:
        p = 1 / (1 + np.exp(-6 * (places[:, 0] - 0.5)))
        return np.stack([1 - p, p], axis=1)

    figure = plots.decision_surface(logistic, X, [0, 0, 1, 1])
    row = np.asarray(figure.axes[0].collections[0].get_array()).reshape(121, 121, 3)[0]
    paleness = row.min(axis=1)
    assert paleness[60] > paleness[0]
    assert np.all(np.diff(paleness[:60]) >= -1e-9)


def test_more_classes_than_colours_are_told_apart_by_markers() -> None:
    x = np.stack([np.arange(9.0), np.zeros(9)], axis=1)
    figure = plots.decision_surface(lambda p: -np.abs(p[:, :1] - np.arange(9)), x, np.arange(9))
    assert key_of(figure) == [f"class {n}" for n in range(9)]
    dots = figure.axes[0].collections[-9:]
    looks = {(str(d.get_paths()[0].vertices), str(d.get_facecolor())) for d in dots}
    assert len(looks) == 9


# ------------------------------------------------------------------------ the plane

FINITE = st.floats(-1e6, 1e6, width=32)


@given(st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=20))
def test_every_point_is_on_the_plane(points: list[tuple[float, float]]) -> None:
    plane = Plane.around(np.array(points), side=5)
    for side, (low, high) in zip(np.transpose(points), plane.ends, strict=True):
        assert low <= side.min() <= side.max() <= high
        assert low < high
    assert 1 / 3 <= plane.height_to_width <= 3


@pytest.mark.parametrize(
    ("model", "x", "y", "error", "message"),
    [
        (3, X, [0, 1, 1, 0], TypeError, r"decision_surface: 3 of type int is no model"),
        (sure, np.ones((4, 3)), [0] * 4, ShapeError, r"x has shape \(4, 3\).*shape \(n, 2\)"),
        (sure, np.ones((0, 2)), [], ShapeError, r"x has shape \(0, 2\)"),
        (sure, [[0, np.nan]], [0], ValueError, "not finite"),
        (lambda p: p[:3, 0], X, [0] * 4, ShapeError, r"the model gave shape \(3,\)"),
        (lambda p: 1.0, X, [0] * 4, ShapeError, r"the model gave shape \(\)"),
        (lambda p: p[:, 0], X, [0, 1], ShapeError, r"y has shape \(2,\), and there are 4 points"),
        (sure, X, [0, 1], ShapeError, r"y has shape \(2,\).*a model of 3 outputs"),
        (sure, X, [0, 1, 2, 3], ValueError, "y has 3, and the classes .* from 0 to 2"),
        (sure, X, [0, 1, 2, 0.5], ValueError, "y has 0.5"),
    ],
)
def test_mistakes_are_named(
    model: Any, x: Any, y: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plots.decision_surface(model, x, y)
