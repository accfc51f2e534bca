"""Plots of training: what is in them, and that files are whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.errors import RenderError
from tinygrad_gates.picture import plots

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


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
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["target 0", "target 1", "output = 0.5"]
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


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_files_are_whole(suffix: str, magic: bytes, tmp_path: Path) -> None:
    path = plots.save_figure(plots.loss_curves({"a": [1.0, 2.0]}), tmp_path / f"loss{suffix}")
    assert path.read_bytes().startswith(magic)
    assert [*tmp_path.iterdir()] == [path]


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


def test_without_matplotlib_the_message_says_how_to_get_it(monkeypatch: Any) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(RenderError, match=r"pip install 'tinygrad-gates\[plot\]'"):
        plots.loss_curves({"a": [1.0]})
