"""Curves of training: what is in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from tinygrad_gates import keras
from tinygrad_gates.picture import plots
from tinygrad_gates.picture.plots.style import COLOURS


def test_loss_curves_hold_the_numbers() -> None:
    losses = {"first": [1.0, 0.5, 0.25], "second": [2.0, 1.0]}
    (axes,) = plots.loss_curves(losses, "title").axes
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("epoch", "loss", "title")
    assert axes.get_yscale() == "log"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["first", "second"]
    lines = axes.get_lines()
    for line, loss in zip(lines, losses.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), loss)
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, len(loss) + 1))
    assert len({line.get_color() for line in lines}) == 2
    assert len({line.get_linestyle() for line in lines}) == 2, "told apart in grey, too"


def lines_of(figure: Any) -> dict[str, list[Any]]:
    return {panel.get_title(): panel.get_lines() for panel in figure.axes}


def key_of(figure: Any) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


LOGS = {
    "acc": [0.5, 0.6, 0.9],
    "loss": [1.0, 0.5, 0.25],
    "learning_rate": [0.1, 0.1, 0.01],
    "val_acc": [0.4, 0.5, 0.8],
    "val_loss": [1.5, 0.75, 0.5],
}


def test_each_key_has_a_panel_and_validation_is_dashed_beside_its_partner() -> None:
    figure = plots.curves(LOGS, title="Training")
    shown = lines_of(figure)
    assert [*shown] == ["loss", "acc", "learning_rate"]
    for key in ("loss", "acc"):
        own, validation = shown[key]
        np.testing.assert_array_equal(own.get_ydata(), LOGS[key])
        np.testing.assert_array_equal(validation.get_ydata(), LOGS[f"val_{key}"])
        np.testing.assert_array_equal(own.get_xdata(), [1, 2, 3])
        assert (own.get_linestyle(), validation.get_linestyle()) == ("-", "--")
        assert own.get_color() != validation.get_color()
    assert len(shown["learning_rate"]) == 1
    assert key_of(figure) == ["training", "validation"]
    assert figure.get_suptitle() == "Training"
    assert all(panel.get_xlabel() == "epoch" for panel in figure.axes)


def test_the_colours_are_in_the_picture() -> None:
    figure = plots.curves(LOGS)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]  # type: ignore[attr-defined]
    for colour in COLOURS[:2]:
        wanted = np.round(np.multiply(to_rgb(colour), 255))
        assert (pixels == wanted).all(axis=2).sum() > 200
    assert (pixels == 255).all(axis=2).mean() > 0.7, "a light page"


def test_a_history_of_fit_is_drawn() -> None:
    x, y = np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])
    model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse", metrics=["mae"])
    options: Any = {"validation_data": (x, y), "verbose": 0}
    history = model.fit(x, y, epochs=6, initial_epoch=2, validation_freq=2, **options)
    own, validation = lines_of(plots.curves(history))["loss"]
    np.testing.assert_array_equal(own.get_ydata(), history.history["loss"])
    np.testing.assert_array_equal(own.get_xdata(), [3, 4, 5, 6])
    np.testing.assert_array_equal(validation.get_ydata(), history.history["val_loss"])
    np.testing.assert_array_equal(validation.get_xdata(), [4, 6])


def test_several_trainings_are_told_apart_by_colour_and_marker() -> None:
    runs = {"slow": LOGS, "fast": {"loss": [1.0, 0.1], "val_loss": [1.0, 0.2]}}
    figure = plots.curves(runs)
    slow, slow_validation, fast, fast_validation = lines_of(figure)["loss"]
    assert slow.get_color() == slow_validation.get_color() != fast.get_color()
    assert slow.get_marker() != fast.get_marker()
    assert [line.get_linestyle() for line in (slow, slow_validation)] == ["-", "--"]
    np.testing.assert_array_equal(fast_validation.get_ydata(), [1.0, 0.2])
    assert key_of(figure) == ["slow", "slow, validation", "fast", "fast, validation"]
    assert [*lines_of(figure)][-1] == "learning_rate"


def test_a_training_by_its_name_is_named() -> None:
    assert key_of(plots.curves({"mine": {"loss": [1.0, 0.5]}})) == ["mine"]
    assert key_of(plots.curves({"loss": [1.0, 0.5]})) == []


@pytest.mark.parametrize(
    ("logs", "scale"),
    [
        ({"loss": [1.0, 0.01]}, "log"),
        ({"loss": [1.0, 0.5]}, "linear"),
        ({"loss": [1.0, 0.0]}, "linear"),
        ({"loss": [1.0, -0.01]}, "linear"),
        ({"loss": [float("nan")] * 2}, "linear"),
        ({"acc": [0.01, 1.0]}, "linear"),
        ({"learning_rate": [0.1, 0.001]}, "log"),
        ({"head_loss": [0.1, 0.001]}, "log"),
    ],
)
def test_what_ranges_widely_has_a_logarithmic_scale(logs: Any, scale: str) -> None:
    (panel,) = plots.curves(logs).axes
    assert panel.get_yscale() == scale


def test_logarithmic_scales_have_numbers_over_any_range() -> None:
    for end in (0.04, 1e-5, 1e-24):
        figure = plots.curves({"loss": [1.0, end]})
        figure.canvas.draw()
        low, high = figure.axes[0].get_ylim()
        ticks = zip(figure.axes[0].get_yticks(), figure.axes[0].get_yticklabels(), strict=True)
        labels = [label.get_text() for tick, label in ticks if low <= tick <= high]
        assert sum(bool(label) for label in labels) >= 3, labels


def test_what_is_not_finite_is_a_gap() -> None:
    (line,) = lines_of(plots.curves({"loss": [1.0, float("inf"), float("nan"), 0.5]}))["loss"]
    np.testing.assert_array_equal(line.get_ydata(), [1.0, np.nan, np.nan, 0.5])


def test_one_epoch_is_seen() -> None:
    (line,) = lines_of(plots.curves({"loss": [1.0]}))["loss"]
    assert line.get_marker() not in ("", "None")


def test_a_metric_of_several_numbers_has_several_lines() -> None:
    lines = lines_of(plots.curves({"f1": [np.array([0.1, 0.2]), np.array([0.3, 0.4])]}))["f1"]
    np.testing.assert_array_equal([line.get_ydata() for line in lines], [[0.1, 0.3], [0.2, 0.4]])


@settings(max_examples=15)
@given(
    logs=st.dictionaries(
        st.sampled_from(["loss", "val_loss", "acc", "val_acc", "lr"]),
        st.lists(st.floats(width=32), min_size=1, max_size=9),
        min_size=1,
    )
)
def test_every_number_of_any_log_is_in_the_curves(logs: dict[str, list[float]]) -> None:
    shown = lines_of(plots.curves(logs))
    longest = max(map(len, logs.values()))
    found = [line for lines in shown.values() for line in lines]
    assert len(found) == len(logs)
    assert set(shown) == {key.removeprefix("val_") for key in logs}
    for line in found:
        x = line.get_xdata()
        assert len(x) == len(line.get_ydata())
        assert x[0] >= 1
        assert x[-1] <= longest
    kept = sorted(len(line.get_ydata()) for line in found)
    assert kept == sorted(map(len, logs.values()))


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        (3, TypeError, "curves: history=3 of type int .* Give what fit returned"),
        ([1.0], TypeError, "of type list"),
        ({}, ValueError, "no epoch has been recorded"),
        ({"loss": []}, ValueError, "no epoch has been recorded"),
        ({"loss": 3.0}, TypeError, "'loss' is 3.0. Give a number for each epoch"),
        ({"loss": ["a"]}, TypeError, "'loss' is"),
        ({"a": {"loss": [1.0]}, "loss": [1.0]}, TypeError, "some of the names have numbers"),
    ],
)
def test_mistakes_are_named(history: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plots.curves(history)
