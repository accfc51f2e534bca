"""Curves that grow while training goes on, in a notebook."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import Any, ClassVar

from tinygrad_gates.keras.callbacks.callback import Callback, Logs

_PLOTS = "tinygrad_gates.picture.plots"
"""Loaded when it is first used: training does without."""


class LivePlot(Callback):
    """Draws the curves of the loss and the metrics in a notebook, anew as epochs pass.

    Elsewhere, as in a script or a terminal, it does nothing, and loads nothing.

    Args:
        interval: the least number of seconds from one drawing to the next.
        title: of the picture.

    Raises:
        ValueError: for a negative interval.
        RenderError: in a notebook, before training, where matplotlib is not installed.

    >>> from tinygrad_gates.keras import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit([[1.0]], [[1.0]], epochs=9, verbose=0, callbacks=[LivePlot()])
    """

    after_history: ClassVar[bool] = True

    def __init__(self, interval: float = 0.5, title: str = "") -> None:
        if interval < 0:
            raise ValueError(f"LivePlot: interval={interval} has to be a number of seconds.")
        self.interval = interval
        self.title = title
        self._shown: Any = None
        self._shown_at = 0.0
        self._is_live = False
        self._is_complete = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Find out whether there is a notebook to draw in."""
        self._shown = None
        self._is_complete = True
        self._is_live = in_notebook()
        if self._is_live:
            import_module(_PLOTS).matplotlib_figure(1, 1)  # fails before training, not in it

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Draw, if it is time."""
        if not self._is_live:
            return
        self._is_complete = False
        if self._shown is None or time.monotonic() - self._shown_at >= self.interval:
            self._draw()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Draw the epochs that have passed since."""
        if not self._is_complete:
            self._draw()

    def _draw(self) -> None:
        figure = import_module(_PLOTS).curves(self.model.history, title=self.title)
        if self._shown is None:
            self._shown = shown(figure)
        else:
            self._shown.update(figure)
        self._shown_at = time.monotonic()  # a slow drawing does not take all the time
        self._is_complete = True


def in_notebook() -> bool:
    """Return whether this runs in a notebook, which displays pictures.

    >>> in_notebook()
    False
    """
    if "IPython" not in sys.modules:  # a notebook has loaded it
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def shown(figure: Any) -> Any:
    """Display a figure in a notebook; return what `update` replaces it by another with."""
    from IPython.display import display

    return display(figure, display_id=True)
