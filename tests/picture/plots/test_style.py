"""Figures of one style: shown by notebooks, written whole, the same whatever a user's settings."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_gates.errors import RenderError
from tinygrad_gates.picture import plots
from tinygrad_gates.picture.plots.style import COLOURS, LINES, MARKERS, SHADES, panels

LOSSES = {"a": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")]
)
def test_files_are_whole(suffix: str, magic: bytes, tmp_path: Path) -> None:
    path = plots.save_figure(plots.loss_curves(LOSSES), tmp_path / f"loss{suffix}")
    assert path.read_bytes().startswith(magic)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_picture_is_the_same_file(suffix: str, tmp_path: Path) -> None:
    files = [
        plots.save_figure(plots.loss_curves(LOSSES), tmp_path / f"{n}{suffix}").read_bytes()
        for n in range(2)
    ]
    assert files[0] == files[1]


@pytest.mark.parametrize("name", ["loss", "loss.xyz"])
def test_a_wrong_suffix_is_refused_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=rf"\.png.*{name!r}"):
        plots.save_figure(plots.loss_curves({"a": [1.0]}), tmp_path / name)
    assert not [*tmp_path.iterdir()]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "loss.png"
    path.write_bytes(b"old")

    def full(*args: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        plots.save_figure(plots.loss_curves({"a": [1.0]}), path)
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("missing", ["matplotlib", "matplotlib.figure"])
def test_without_matplotlib_the_message_says_how_to_get_it(missing: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    for draw in (
        lambda: plots.loss_curves(LOSSES),
        lambda: plots.curves({"loss": [1.0]}),
        lambda: plots.decision_surface(lambda p: p[:, 0], [[0, 1]], [1]),
        lambda: plots.histograms([np.ones(3)]),
        lambda: plots.loss_surface(lambda a, b: a, side=2),
        lambda: plots.separating_lines([([1, 1], 0)], [[0, 1]], [1]).still(),
    ):
        with pytest.raises(RenderError, match=r"pip install 'tinygrad-gates\[plot\]'"):
            draw()


def test_nothing_is_loaded_before_something_is_drawn() -> None:
    code = (
        "import sys; from tinygrad_gates import picture; import tinygrad_gates.picture.plots; "
        "picture.curves; picture.plots; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr
    assert not {"matplotlib", "PIL", "IPython"} & set(loaded.stdout.split())


def test_every_name_is_found_and_no_other() -> None:
    from tinygrad_gates import picture

    for name in picture.__all__:
        assert getattr(picture, name) is not None
    assert picture.curves is plots.curves
    with pytest.raises(AttributeError, match="has no attribute 'curve'"):
        picture.curve  # noqa: B018


def test_pyplot_knows_of_nothing() -> None:
    code = (
        "import sys; from tinygrad_gates import picture; "
        "picture.curves({'loss': [1.0, 0.5]})._repr_png_(); "
        "picture.separating_lines([([1, 1], 0), ([1, 1], 1)], [[0, 1], [1, 0]], [0, 1])"
        "._repr_html_(); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_notebook_displays_a_figure() -> None:
    from PIL import Image

    figure = plots.loss_curves(LOSSES)
    png, size = figure._repr_png_()  # type: ignore[attr-defined]
    assert size == {"width": 672, "height": 403}, "7 by 4.2 inches"
    image = Image.open(BytesIO(png))
    assert image.size == (1050, 630), "sharp on a fine screen"


def pixels(figure: Any) -> Any:
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()


def test_a_user_s_settings_change_nothing_and_are_kept() -> None:
    import matplotlib as mpl

    expected = pixels(plots.curves({"loss": [1.0, 0.5], "val_loss": [2.0, 1.0]}))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "lines.linewidth": 9}):
        before = dict(mpl.rcParams)
        figure = plots.curves({"loss": [1.0, 0.5], "val_loss": [2.0, 1.0]})
        np.testing.assert_array_equal(pixels(figure), expected)
        assert dict(mpl.rcParams) == before


def test_a_figure_is_copied_and_pickled() -> None:
    figure = plots.loss_curves(LOSSES)
    for other in (copy.deepcopy(figure), pickle.loads(pickle.dumps(figure))):
        assert type(other) is type(figure)
        np.testing.assert_array_equal(other.axes[0].get_lines()[0].get_ydata(), [1.0, 2.0])
        assert other._repr_png_()[0].startswith(b"\x89PNG")


# ------------------------------------------------------------------------ for every reader

# What people see who lack a kind of cones, as matrices on linear RGB (Viénot, Brettel and Mollon,
# 1999), and the others.
SEEN = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    "everybody": np.eye(3).tolist(),
}


@pytest.mark.parametrize("kind", SEEN)
def test_colours_differ_for_every_reader(kind: str) -> None:
    from matplotlib.colors import to_rgb

    linear = np.array([to_rgb(colour) for colour in COLOURS]) ** 2.2
    seen = np.clip(linear @ np.array(SEEN[kind]).T, 0, 1) ** (1 / 2.2)
    for one in range(len(COLOURS)):
        for other in range(one):
            assert np.linalg.norm(seen[one] - seen[other]) > 0.12, (COLOURS[one], COLOURS[other])


def test_shape_says_what_colour_says() -> None:
    assert len({str(line) for line in LINES}) >= len(COLOURS)
    assert len(set(MARKERS)) == len(COLOURS) + 1


def test_shades_are_ordered_by_lightness_alone() -> None:
    from matplotlib import colormaps

    rgb = colormaps[SHADES](np.linspace(0, 1, 50))[:, :3]
    lightness = rgb**2.2 @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(lightness) > 0)


@settings(max_examples=15)
@given(count=st.integers(1, 20), columns=st.integers(1, 5))
def test_panels_are_as_many_as_asked_for(count: int, columns: int) -> None:
    figure = plots.matplotlib_figure(5, 5)
    used, free = panels(figure, count, columns)
    assert len(used) == count
    assert len(free) < columns
    assert all(panel.axison for panel in used)
    assert not any(panel.axison for panel in free)
