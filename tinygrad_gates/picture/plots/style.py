"""One style for all plots: colours, lines and type; and figures that show and save themselves.

matplotlib is imported by functions alone, so that importing this package does without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from tinygrad_gates.errors import RenderError
from tinygrad_gates.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
T = TypeVar("T")

# Okabe and Ito's palette: told apart by colour-blind readers, and by line style in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""One more than colours: together they tell 42 things apart."""

SHADES = "cividis"
"""From dark blue to yellow: lightness alone orders it, for every kind of colour vision."""

INK = "#333333"
FAINT = "#8C8C8C"

STYLE: dict[str, Any] = {
    # comes with matplotlib: the same picture on every machine
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "figure.facecolor": "white",
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "image.cmap": SHADES,
    # so that the same picture is the same file
    "svg.hashsalt": "tinygrad_gates",
}

DPI = 150
"""Pixels an inch in files, and in notebooks, which show them at half the size or so."""
POINTS_PER_INCH = 96
"""Of a page."""

_NO_DATES = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
_MISSING = "plots need matplotlib: pip install 'tinygrad-gates[plot]'"


@contextmanager
def style() -> Iterator[None]:
    """Let matplotlib draw in this package's style, whatever its user's settings are.

    Raises `RenderError` where matplotlib is not installed.
    """
    try:
        from matplotlib import style as styles
    except ImportError:
        raise RenderError(_MISSING) from None
    with styles.context(["default", STYLE]):
        yield


def in_style(draw: Callable[P, T]) -> Callable[P, T]:
    """Make a function draw in this package's style."""

    @wraps(draw)
    def drawn(*arguments: P.args, **named: P.kwargs) -> T:
        with style():
            return draw(*arguments, **named)

    return drawn


def matplotlib_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, drawn without a screen.

    A notebook displays it.

    Raises `RenderError` where matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise RenderError(_MISSING) from None
    with style():
        figure = _shown(Figure)(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


@cache
def _shown(base: type[Figure]) -> type[Figure]:
    """Return the class of figures that need no pyplot: notebooks know only those of pyplot."""

    class Picture(base):  # type: ignore[misc, valid-type]
        def draw(self, renderer: Any) -> None:
            with style():  # ticks, for one, are made when they are drawn
                super().draw(renderer)

        def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
            width, height = (round(side * POINTS_PER_INCH) for side in self.get_size_inches())
            return encoded(self, "png"), {"width": width, "height": height}

        def __reduce__(self) -> Any:  # a class made by a function has no name for pickle
            return _blank, (), self.__getstate__()

    return Picture


def _blank() -> Any:
    kind = type(matplotlib_figure(1, 1))
    return kind.__new__(kind)


def encoded(figure: Figure, kind: str) -> bytes:
    """Return a figure as the content of a file of a kind, such as "png"."""
    content = BytesIO()
    with style():
        figure.savefig(content, dpi=DPI, format=kind, metadata=_NO_DATES.get(kind))
    return content.getvalue()


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write a figure whole or not at all; the suffix of the name gives the format.

    Raises `RenderError` for a suffix that matplotlib does not know.
    """
    path = Path(path)
    kinds = figure.canvas.get_supported_filetypes()
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        known = ", ".join(f".{known}" for known in sorted(kinds))
        raise RenderError(f"A plot is saved as {known}, and {path.name!r} ends in none of these.")
    write_bytes(path, encoded(figure, kind))
    return path


def panels(figure: Figure, count: int, columns: int = 3) -> tuple[list[Axes], list[Axes]]:
    """Return so many axes in rows, and those left over in the last row, which are empty."""
    columns = min(count, columns)
    every = [*figure.subplots(-(-count // columns), columns, squeeze=False).ravel()]
    for panel in every[count:]:
        panel.set_axis_off()
    return every[:count], every[count:]


def bar_beside(panel: Axes, image: Any, **options: Any) -> Any:
    """Explain shades by a bar beside axes, as high as these are; return it."""
    place = panel.inset_axes((1.03, 0, 0.045, 1))
    return panel.get_figure().colorbar(image, cax=place, **options)  # type: ignore[union-attr]


def whole_numbers(axis: Any) -> None:
    """Label an axis with integers alone, such as those of epochs."""
    axis.get_major_locator().set_params(integer=True)


def number_axis(axis: Any) -> None:
    """Label an axis on a logarithmic scale with numbers, also where it spans no power of ten."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < 1000 * low else (1.0,)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())
