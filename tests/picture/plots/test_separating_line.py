"""How lines move: every frame is where the weights say, in figures, in GIFs and on pages."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from PIL import Image

from tinygrad_gates import keras
from tinygrad_gates.errors import RenderError, ShapeError
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.picture import plots
from tinygrad_gates.picture.plots.animation import DPI
from tinygrad_gates.picture.plots.style import COLOURS

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND = [0, 0, 0, 1]
STEPS = [([1.0, 1.0], -0.1 * step) for step in range(5)]


def lines(figure: Any, colour: str = COLOURS[1]) -> list[Any]:
    """Return the corners of the lines of a colour, without the empty ones of a key."""
    found = [line for line in figure.axes[0].get_lines() if line.get_color() == colour]
    return [line.get_xydata() for line in found if len(line.get_xdata())]


def trained(activation: str | None = None, units: int = 0, epochs: int = 6) -> Any:
    hidden = [keras.layers.Dense(units, "tanh", input_shape=(2,))] if units else []
    model = keras.Sequential([*hidden, keras.layers.Dense(1, activation, input_shape=(2,))])
    model.compile(keras.optimizers.SGD(0.3), "mse")
    recorder = WeightRecorder()
    model.fit(X, np.reshape(AND, (4, 1)), epochs=epochs, verbose=0, callbacks=[recorder])
    return recorder


# ------------------------------------------------------------------------ where lines are


@pytest.mark.parametrize(("activation", "level"), [(None, 0.5), ("sigmoid", 0.0)])
def test_each_frame_has_the_line_of_its_epoch(activation: str | None, level: float) -> None:
    recorder = trained(activation)
    moving = plots.separating_lines(recorder, X, AND)
    assert moving.captions == tuple(f"epoch {epoch}" for epoch in range(7))
    seen = 0
    for number, (kernel, bias) in enumerate(recorder.weights):
        figure = moving.frame(number)
        for corners in lines(figure):
            np.testing.assert_allclose(corners @ kernel[:, 0] + bias[0], level, atol=2e-3)
            seen += 1
        assert figure.axes[0].get_title().endswith(f": epoch {number}")
    assert seen >= 5, "most of these lines are in the picture"


def test_the_model_is_left_as_it_is() -> None:
    recorder = trained(units=3)
    before = recorder.model.get_weights()
    plots.separating_lines(recorder, X, AND)
    for one, other in zip(recorder.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    recorder.weights[2] = [np.full_like(array, np.nan) for array in recorder.weights[2][:2]]
    with pytest.raises(ValueError):
        plots.separating_lines(recorder, X, AND)
    for one, other in zip(recorder.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_boundary_of_any_model_moves() -> None:
    recorder = trained(units=3)
    moving = plots.separating_lines(recorder, X, AND)
    for number in range(len(moving)):
        recorder.model.set_weights(recorder.weights[number])
        for corners in lines(moving.frame(number)):
            outputs = recorder.model.predict(corners, verbose=0)
            np.testing.assert_allclose(outputs, 0.5, atol=5e-3)


def test_earlier_lines_fade_behind() -> None:
    frame = plots.separating_lines(STEPS, X, AND).frame(4)
    trail = [line for line in frame.axes[0].get_lines() if line.get_color() != COLOURS[1]]
    strengths = [line.get_alpha() for line in trail]
    assert len(strengths) == 4
    assert strengths == sorted(strengths)
    for line, (kernel, bias) in zip(trail, STEPS, strict=False):
        np.testing.assert_allclose(line.get_xydata() @ kernel + bias, 0.5, atol=1e-6)


def test_each_unit_has_a_line_of_its_own() -> None:
    kernel, bias = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), np.array([0.0, -1.0, 0.0])
    frame = plots.separating_lines([(kernel, bias)], X, AND).frame(0)
    for unit in range(3):
        (corners,) = lines(frame, COLOURS[unit])
        np.testing.assert_allclose(corners @ kernel[:, unit] + bias[unit], 0.5, atol=1e-6)
    key = [text.get_text() for text in frame.legends[0].get_texts()]
    assert key == ["unit 1", "unit 2", "unit 3", "target 0", "target 1"]


def test_many_units_are_one_kind_of_line() -> None:
    kernel = np.ones((2, 32))
    frame = plots.separating_lines([(kernel, np.linspace(-1, 0, 32))], X, AND).frame(0)
    assert len(lines(frame)) == 32
    key = [text.get_text() for text in frame.legends[0].get_texts()]
    assert key == ["32 units", "target 0", "target 1"]


NUMBER = st.floats(-3, 3)


@settings(max_examples=15)
@given(st.tuples(NUMBER, NUMBER, NUMBER))
def test_the_line_of_any_weights_is_where_they_say(weights: tuple[float, float, float]) -> None:
    *kernel, bias = weights
    (frame,) = [plots.separating_lines([(kernel, bias)], X, AND).frame(0)]
    corners = np.array([[-0.5, -0.5], [-0.5, 1.5], [1.5, -0.5], [1.5, 1.5]])
    above = corners @ kernel + bias > 0.5
    found = lines(frame)
    if abs(np.min(np.abs(corners @ kernel + bias - 0.5))) > 1e-3:
        assert bool(found) == (above.any() and not above.all())
    for line in found:
        np.testing.assert_allclose(line @ kernel + bias, 0.5, atol=1e-4)


def test_the_still_shows_the_whole_course() -> None:
    moving = plots.separating_lines(STEPS, X, AND, title="AND")
    still = moving.still()
    colours = {line.get_color() for line in still.axes[0].get_lines() if len(line.get_xdata())
               and isinstance(line.get_color(), str)}  # fmt: skip
    assert colours == {COLOURS[1]}
    assert len(still.axes[0].get_lines()) == 5
    bar = still.axes[0].child_axes[0]
    assert [text.get_text() for text in bar.get_yticklabels()] == ["epoch 0", "epoch 4"]
    assert still.axes[0].get_title() == "AND"


def test_no_more_frames_than_asked_for_with_both_ends() -> None:
    steps = [([1.0, 1.0], -0.001 * step) for step in range(500)]
    captions = plots.separating_lines(steps, X, AND, frames=4).captions
    assert captions == ("epoch 0", "epoch 166", "epoch 333", "epoch 499")
    assert plots.separating_lines(steps, X, AND, frames=1).captions == ("epoch 499",)
    assert len(plots.separating_lines(steps, X, AND)) == 48


# ------------------------------------------------------------------------ files


def test_a_gif_has_each_frame_with_the_line_where_the_weights_say(tmp_path: Path) -> None:
    moving = plots.separating_lines(STEPS, X, AND)
    path = moving.save(tmp_path / "line.gif")
    assert [*tmp_path.iterdir()] == [path]
    colour = 255 * np.array(to_rgb(COLOURS[1]))
    with Image.open(path) as gif:
        assert gif.n_frames == len(STEPS)  # type: ignore[attr-defined]
        assert gif.info["loop"] == 0, "over and over"
        for number, (kernel, bias) in enumerate(STEPS):
            gif.seek(number)
            pixels = np.asarray(gif.convert("RGB")).astype(float)
            panel = drawn(moving.frame(number)).axes[0]
            rows, columns = np.nonzero((np.abs(pixels - colour) < 25).all(axis=2))
            below = rows > len(pixels) - panel.bbox.y0  # in the key
            assert below.any()
            places = np.stack([columns + 0.5, len(pixels) - rows - 0.5], axis=1)[~below]
            points = panel.transData.inverted().transform(places)
            assert len(points) > 200
            assert np.abs(points @ kernel + bias - 0.5).max() < 0.03
        assert gif.info["duration"] > 1000, "the last frame stays"


def drawn(figure: Any) -> Any:
    figure.dpi = DPI
    figure.canvas.draw()
    return figure


class Page(HTMLParser):
    """Collects what a page would load, and the text of its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.handlers: list[str] = []
        self.texts: dict[str, str] = {}
        self.policy = ""
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.inside = given.get("id", tag)
        self.urls += [given[name] for name in ("src", "href", "data", "poster") if name in given]
        self.handlers += [name for name in given if name.startswith("on")]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def test_a_page_is_complete_and_may_load_nothing(tmp_path: Path) -> None:
    moving = plots.separating_lines(STEPS, X, AND, title="AND </script><b>")
    text = moving.save(tmp_path / "line.html").read_text("utf-8")
    page = Page(text)
    assert not page.urls
    assert not page.handlers
    assert not re.search(
        r"https?:|//|@import|url\(|fetch|XMLHttp", re.sub(r'"data:[^"]*"', "", text)
    )
    rules = dict(rule.strip().split(" ", 1) for rule in page.policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": digest(page.texts["style"]),
        "script-src": digest(page.texts["script"]),
    }
    assert page.texts["title"] == "AND </script><b>"
    film = json.loads(page.texts["story"])
    assert film["captions"] == [*moving.captions]
    assert len(film["frames"]) == len(moving)
    assert all(frame.startswith("data:image/png;base64,") for frame in film["frames"])
    for number, frame in enumerate(film["frames"]):
        with Image.open(io.BytesIO(base64.b64decode(frame.partition(",")[2]))) as image:
            expected = np.asarray(drawn(moving.frame(number)).canvas.buffer_rgba())[..., :3]
            off = np.abs(np.asarray(image.convert("RGB")).astype(int) - expected)
            assert off.mean() < 1, "the frames of the GIF"


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_notebook_plays_it_apart_from_its_own_page() -> None:
    moving = plots.separating_lines(STEPS[:2], X, AND, title="AND & OR")
    shown = moving._repr_html_()
    match = re.fullmatch(
        r'<iframe sandbox="allow-scripts" title="(.*?)" srcdoc="([^"]*)" style="[^"]*"></iframe>',
        shown,
    )
    assert match
    assert match[1] == "AND &amp; OR"
    assert json.loads(Page(html.unescape(match[2])).texts["story"])["captions"] == [
        "epoch 0",
        "epoch 1",
    ]


def test_other_suffixes_get_the_still(tmp_path: Path) -> None:
    moving = plots.separating_lines(STEPS, X, AND)
    path = moving.save(tmp_path / "line.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(RenderError, match=r"'line\.mov' ends in none of these"):
        moving.save(tmp_path / "line.mov")
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("suffix", ["gif", "html"])
def test_a_failed_write_leaves_the_old_file(suffix: str, tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / f"line.{suffix}"
    path.write_bytes(b"old")

    def full(*args: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        plots.separating_lines(STEPS[:2], X, AND).save(path)
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_frames_are_counted_from_both_ends() -> None:
    moving = plots.separating_lines(STEPS, X, AND)
    assert moving.frame(-1).axes[0].get_title().endswith("epoch 4")
    with pytest.raises(IndexError):
        moving.frame(5)


@pytest.mark.parametrize(
    ("recorded", "y", "error", "message"),
    [
        (3, AND, TypeError, r"separating_lines: recorded=3 of type int .*WeightRecorder"),
        ([], AND, ValueError, "no weights have been recorded"),
        (WeightRecorder(), AND, ValueError, "no weights have been recorded"),
        ([([1, 1, 1], 0)], AND, ShapeError, r"moment 0 are no pair of a kernel of shape \(2, un"),
        ([([1, 1], 0), 3], AND, ShapeError, "moment 1"),
        ([(np.ones((2, 3)), [1, 2])], AND, ShapeError, "moment 0"),
        (STEPS, [0, 1], ShapeError, "y has 2 targets, and there are 4 points"),
        (STEPS, [0, 1, 2, 0], ValueError, "y has 3 different numbers"),
    ],
)
def test_mistakes_are_named(recorded: Any, y: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plots.separating_lines(recorded, X, y)


def test_what_makes_no_line_is_named() -> None:
    with pytest.raises(ValueError, match="frames=0 has to be 1 or more"):
        plots.separating_lines(STEPS, X, AND, frames=0)
    model = keras.Sequential([keras.layers.Dense(2, input_shape=(2,))])
    model.compile("sgd", "mse")
    recorder = WeightRecorder()
    model.fit(X, np.zeros((4, 2)), verbose=0, callbacks=[recorder])
    with pytest.raises(ShapeError, match="the model has 2 outputs"):
        plots.separating_lines(recorder, X, AND)
