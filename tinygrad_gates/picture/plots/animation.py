"""Pictures that move: a frame for each of several moments, as a GIF, a page, or one picture."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_gates.files import write_bytes
from tinygrad_gates.picture.plots.style import save_figure
from tinygrad_gates.picture.web import framed, one_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 110
"""Pixels an inch of frames: there are many."""
CONTROLS, MARGINS = 70, 16
"""What the page has below a frame and beside it, in pixels."""


class Animation:
    """Frames that follow each other: a notebook plays them, `save` writes them to a file.

    Args:
        draw: makes the figure of a frame, numbered from 0.
        captions: one for each frame, such as "epoch 3".
        still: makes one figure that says all of it.
        title: what it shows, for those who do not see it, and of the page.
        seconds: how long a frame is seen.
        pause: how long the last one is.
    """

    def __init__(
        self,
        draw: Callable[[int], Figure],
        captions: Sequence[str],
        still: Callable[[], Figure],
        *,
        title: str,
        seconds: float = 0.12,
        pause: float = 1.5,
    ) -> None:
        self.captions = tuple(captions)
        self.title = title
        self.seconds = seconds
        self.pause = pause
        self._draw = draw
        self._still = still

    def __len__(self) -> int:
        return len(self.captions)

    def frame(self, number: int) -> Figure:
        """Return one frame as a figure, counted from the end if negative.

        Raises `IndexError` if there is none of that number.
        """
        return self._draw(range(len(self))[number])

    def still(self) -> Figure:
        """Return one figure that shows the whole course."""
        return self._still()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it whole or not at all; the suffix of the name gives the format.

        A `.gif` and a `.html` move; the page needs nothing but itself, from the network least
        of all. Any other suffix of a picture, such as `.png`, gets the still.

        Raises `RenderError` for a suffix that matplotlib does not know.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in (".gif", ".html"):
            return save_figure(self.still(), path)
        write_bytes(path, self._gif() if kind == ".gif" else self._page().encode())
        return path

    def _repr_html_(self) -> str:
        width, height = self._images[0].size
        return framed(self._page(), self.title, height + CONTROLS, width + MARGINS)

    @cached_property
    def _images(self) -> list[Any]:
        """The frames with few colours, which keeps files small."""
        return [_image(self._draw(number)) for number in range(len(self))]

    def _gif(self) -> bytes:
        content, (first, *others) = BytesIO(), self._images
        times = [round(1000 * self.seconds)] * len(others) + [round(1000 * self.pause)]
        first.save(content, "GIF", save_all=True, append_images=others, duration=times, loop=0)
        return content.getvalue()

    def _page(self) -> str:
        frames = [f"data:image/png;base64,{b64encode(_png(image)).decode()}"
                  for image in self._images]  # fmt: skip
        film = {
            "frames": frames,
            "captions": [*self.captions],
            "seconds": self.seconds,
            "pause": self.pause,
        }
        return one_page(__package__, "film", film, title=self.title)


def _image(figure: Figure) -> Any:
    """Return a figure as an image of Pillow's, which matplotlib brings along."""
    from PIL import Image

    figure.dpi = DPI
    figure.canvas.draw()
    colours = np.asarray(figure.canvas.buffer_rgba())[..., :3]  # type: ignore[attr-defined]
    return Image.fromarray(colours.copy()).quantize(dither=Image.Dither.NONE)


def _png(image: Any) -> bytes:
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
