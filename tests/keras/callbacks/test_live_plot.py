"""`LivePlot`: curves that grow in a notebook, and silence elsewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.errors import RenderError
from tinygrad_gates.keras import layers
from tinygrad_gates.keras.callbacks import LivePlot, live_plot
from tinygrad_gates.keras.models import Sequential

X = np.array([[0.0], [1.0]])


class Notebook:
    """Stands for IPython: keeps what is displayed, and the pictures that replaced it."""

    def __init__(self) -> None:
        self.shell: Any = SimpleNamespace(kernel=object())
        self.shown: list[Any] = []
        self.updates: list[Any] = []

    def display(self, item: Any, *, display_id: bool) -> Any:
        assert display_id, "else nothing could replace it"
        self.shown.append(item)
        return SimpleNamespace(update=self.updates.append)


@pytest.fixture
def notebook(monkeypatch: Any) -> Notebook:
    made = Notebook()
    ipython, display = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = lambda: made.shell  # type: ignore[attr-defined]
    ipython.version_info = (9, 0)  # type: ignore[attr-defined]  # which matplotlib asks for
    display.display = made.display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    return made


@pytest.fixture
def clock(monkeypatch: Any) -> Callable[[Iterator[float]], None]:
    """Let the callback's clock show given times, one each time it looks."""

    def show(times: Iterator[float]) -> None:
        monkeypatch.setattr(live_plot, "time", SimpleNamespace(monotonic=lambda: next(times)))

    return show


def fit(callback: LivePlot, epochs: int = 6) -> Any:
    model = Sequential([layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse", metrics=["mae"])
    options: Any = {"validation_data": (X, X), "verbose": 0}
    return model.fit(X, X, epochs=epochs, callbacks=[callback], **options)


def epochs_of(figure: Any) -> int:
    return len(figure.axes[0].get_lines()[0].get_xdata())


def test_every_epoch_is_drawn_where_there_is_time(notebook: Any, clock: Any) -> None:
    clock(iter(range(100)))
    history = fit(LivePlot(title="Live"))
    assert [epochs_of(figure) for figure in notebook.shown] == [1]
    assert [epochs_of(figure) for figure in notebook.updates] == [2, 3, 4, 5, 6]
    last = notebook.updates[-1]
    assert [panel.get_title() for panel in last.axes] == ["loss", "mae"]
    assert last.get_suptitle() == "Live"
    own, validation = last.axes[0].get_lines()
    np.testing.assert_array_equal(own.get_ydata(), history.history["loss"])
    np.testing.assert_array_equal(validation.get_ydata(), history.history["val_loss"])


def test_what_comes_too_soon_waits_and_the_end_is_always_drawn(notebook: Any, clock: Any) -> None:
    # drawn at 0, then asked at 0.1, 0.4 (too soon), 0.5 (drawn, until 0.7), 1.0 (too soon), 1.1
    clock(iter([0.0, 0.1, 0.4, 0.5, 0.7, 1.0, 1.1, 1.2]))
    fit(LivePlot())
    assert [epochs_of(figure) for figure in notebook.shown] == [1]
    assert [epochs_of(figure) for figure in notebook.updates] == [4, 6]


def test_nothing_is_drawn_twice(notebook: Any, clock: Any) -> None:
    clock(iter(range(100)))
    fit(LivePlot(), epochs=1)
    assert (len(notebook.shown), notebook.updates) == (1, [])
    fit(LivePlot(), epochs=0)
    assert len(notebook.shown) == 1


def test_each_training_has_a_picture(notebook: Any, clock: Any) -> None:
    clock(iter(range(100)))
    callback = LivePlot()
    fit(callback, epochs=2)
    fit(callback, epochs=3)
    assert [epochs_of(figure) for figure in notebook.shown] == [1, 1]
    assert [epochs_of(figure) for figure in notebook.updates] == [2, 2, 3]


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_a_terminal_stays_silent(shell: Any, notebook: Any, capsys: Any) -> None:
    notebook.shell = shell
    fit(LivePlot())
    assert not notebook.shown
    assert capsys.readouterr() == ("", "")


def test_a_script_stays_silent_and_loads_nothing() -> None:
    code = """
import sys
from tinygrad_gates.keras import Sequential, callbacks, layers
model = Sequential([layers.Dense(1, input_shape=(1,))])
model.compile("sgd", "mse")
model.fit([[1.0]], [[1.0]], epochs=3, verbose=0, callbacks=[callbacks.LivePlot()])
heavy = {"matplotlib", "IPython", "PIL", "graphviz"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_matplotlib_training_does_not_begin(notebook: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    callback = LivePlot()
    with pytest.raises(RenderError, match=r"pip install 'tinygrad-gates\[plot\]'"):
        fit(callback)
    assert callback.model.history is not None
    assert callback.model.history.epoch == []


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="LivePlot: interval=-1 has to be a number of seconds"):
        LivePlot(interval=-1)
